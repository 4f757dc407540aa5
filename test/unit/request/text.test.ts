import { describe, expect, it } from "vitest";
import { quote } from "../../../src/request/text.js";

describe("quote", () => {
  it.each([
    ["https://me:hidden@git.example/a", '"https://***@git.example/a"'],
    ["https://me:hid/de@n@git.example/a", '"https://***@git.example/a"'],
    ["me:hidden@ghcr.io/me/deno", '"***@ghcr.io/me/deno"'],
    ["ubuntu:24.04@sha256:ab", '"ubuntu:24.04@sha256:ab"'],
    ["https://git.example/a", '"https://git.example/a"'],
  ])("shows %s as %s", (text, shown) => expect(quote(text)).toBe(shown));

  it("clips what was given, however long", () => {
    expect(quote("x".repeat(64))).toBe(`"${"x".repeat(64)}"`);
    expect(quote("x".repeat(65))).toBe(`"${"x".repeat(63)}…"`);
  });
});
