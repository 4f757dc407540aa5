import { checkValues, imageReference, type Rule } from "../request/options.js";

/** The constructor's arguments that only images look at. */
export interface ImageOptions {
  "binary-registry": string;
  "image-base": string;
}

const RULES: Record<keyof ImageOptions, Rule[]> = {
  "binary-registry": [
    {
      accepts: /^(https?:\/\/[\w.:~/%+-]+[^/])?$/,
      expected: "an http(s) URL without credentials and without a slash at its end",
    },
  ],
  "image-base": [
    {
      accepts: new RegExp(`^$|${imageReference.accepts.source}`),
      expected: "an image reference such as debian:trixie-slim",
    },
  ],
};

/** Checks the constructor's arguments of images. */
export function checkImageOptions(values: ImageOptions, given: { binaries: boolean; binaryOrigin: string }): void {
  checkValues(RULES, { ...values });
  if (given.binaries && given.binaryOrigin !== "SOURCE") {
    throw new Error(
      `binaries: given together with --binary-origin=${given.binaryOrigin}; both say where a finished binary comes from`,
    );
  }
}
