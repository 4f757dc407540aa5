import { describe, expect, it, onTestFinished } from "vitest";
import { Forge } from "../../support/forge.js";

/** The stand-in must see what is wrong with a request, or the tests that use it show nothing. */
describe.each(["github", "gitea"] as const)("the stand-in of %s", (dialect) => {
  const start = async () => {
    const it = await new Forge({ dialect, token: "geheim" }).start();
    onTestFinished(() => it.stop());
    it.add("v2.9.5");
    return it;
  };
  const json = { "content-type": "application/json" };
  const binary = { "content-type": "application/octet-stream" };
  const upload = dialect === "github" ? "/api/uploads" : "/api/v1";

  it.each<[string, string, RequestInit]>([
    ["no such operation", "/releases/latest/assets", {}],
    ["unknown query limits", "/releases?limits=1", {}],
    ["query page is no integer", "/releases?page=one", {}],
    ["tag_name is missing", "/releases", { method: "POST", body: "{}", headers: json }],
    ["unknown title", "/releases", { method: "POST", body: '{"tag_name":"v1","title":"x"}', headers: json }],
    ["draft is no boolean", "/releases", { method: "POST", body: '{"tag_name":"v1","draft":"yes"}', headers: json }],
    ["Content-Type text/plain", "/releases", { method: "POST", body: '{"tag_name":"v1"}' }],
    ["unknown query file", "UPLOAD/releases/1/assets?name=a&file=x", { method: "POST", body: "x", headers: binary }],
    dialect === "github"
      ? ["query name is missing", "UPLOAD/releases/1/assets", { method: "POST", body: "x", headers: binary }]
      : ["not one attachment", "/releases/1/assets", { method: "POST", body: new URLSearchParams({ file: "x" }) }],
  ])("sees: %s", async (problem, path, request) => {
    const it = await start();
    const url = path.startsWith("UPLOAD")
      ? `${it.origin}${upload}/repos/me/deno-builds${path.slice("UPLOAD".length)}`
      : `${it.api}/repos/me/deno-builds${path}`;
    const authorization = dialect === "github" ? "Bearer geheim" : "token geheim";
    await fetch(url, { ...request, headers: { ...request.headers, authorization } }).catch(() => undefined);
    expect(it.problems.join("\n")).toContain(problem);
  });
});
