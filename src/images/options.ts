import { z } from "zod";
import { checkValues, imageReference } from "../request/options.js";

const options = z.object({
  "binary-registry": z.string().regex(/^(https?:\/\/[\w.:~/%+-]+[^/])?$/, {
    error: "an http(s) URL without credentials and without a slash at its end",
  }),
  "image-base": z.union([z.literal(""), imageReference], { error: "an image reference such as debian:trixie-slim" }),
});

export type ImageOptions = z.infer<typeof options>;

/** Checks the constructor's arguments that only images look at. */
export function checkImageOptions(values: ImageOptions, given: { binaries: boolean; binaryOrigin: string }): void {
  checkValues(options, values);
  if (given.binaries && given.binaryOrigin !== "SOURCE") {
    throw new Error(
      `binaries: given together with --binary-origin=${given.binaryOrigin}; both say where a finished binary comes from`,
    );
  }
}
