import { describe, expect, it } from "vitest";
import { checkImageOptions } from "../../../src/images/options.js";

const check = (values: Record<string, string> = {}, given = {}) =>
  checkImageOptions(
    { "binary-registry": "", "image-base": "", ...values },
    { binaries: false, binaryOrigin: "SOURCE", ...given },
  );

describe("options of images", () => {
  it("take the defaults, a mirror and a base", () => {
    expect(() => check()).not.toThrow();
    expect(() => check({ "binary-registry": "http://npm.example:8080/api/npm" })).not.toThrow();
    expect(() => check({ "image-base": "localhost:5000/debian:bookworm" })).not.toThrow();
  });

  it.each([
    ["binary-registry", "npm.example"],
    ["binary-registry", "https://npm.example/"],
    ["binary-registry", "https://npm.example/?a=b"],
    ["image-base", "no image"],
    ["image-base", "debian@sha256:12"],
  ])("refuse --%s=%s", (name, value) => {
    expect(() => check({ [name]: value })).toThrow(new RegExp(`^${name}: expected an? .*given: `));
  });

  it("refuse two places for one binary", () => {
    expect(() => check({}, { binaries: true, binaryOrigin: "REGISTRY" })).toThrow(
      "binaries: given together with --binary-origin=REGISTRY",
    );
    expect(() => check({}, { binaries: true })).not.toThrow();
  });
});
