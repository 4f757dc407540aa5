import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

const INDEX = "application/vnd.oci.image.index.v1+json";

/**
 * A registry of this machine with one image, me/deno, whose tags are at texts that stand for manifests. With a password
 * it wants a token of user me, which must allow a push where one is meant. It goes when the test ends.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
 */
export async function imageRegistry(tags: Record<string, string>, { password }: { password?: string } = {}) {
  const digestOf = (content: string) => `sha256:${createHash("sha256").update(content).digest("hex")}`;
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    const { method = "", headers } = request;
    const { authorization } = headers;
    const end = (status: number, more = {}, body = "") => response.writeHead(status, more).end(body);
    if (url.pathname === "/token") {
      const wanted = `Basic ${Buffer.from(`me:${password}`).toString("base64")}`;
      if (authorization !== wanted) return end(401, {}, `not you: ${authorization}`);
      return end(200, {}, JSON.stringify({ token: url.searchParams.get("scope") }));
    }
    asked.push(`${method} ${url.pathname}`);
    const needed = method === "PUT" ? "repository:me/deno:pull,push" : "repository:me/deno:pull";
    if (password && !authorization?.startsWith(`Bearer ${needed}`)) {
      const realm = `http://${headers.host}/token`;
      return end(401, { "www-authenticate": `Bearer realm="${realm}",service="x",scope="repository:me/deno:pull"` });
    }
    if (url.pathname === "/v2/me/deno/tags/list") {
      return end(200, {}, JSON.stringify({ name: "me/deno", tags: Object.keys(tags) }));
    }
    const tag = /^\/v2\/me\/deno\/manifests\/([^/]+)$/.exec(url.pathname)?.[1];
    if (tag === undefined) return end(404);
    if (method === "PUT") {
      let content = "";
      for await (const piece of request) content += piece;
      // What is pushed must be there already: this registry takes no images.
      if (headers["content-type"] !== INDEX || !Object.values(tags).includes(content)) return end(400);
      tags[tag] = content;
      return end(201);
    }
    const content = tags[tag];
    if (content === undefined || !headers.accept?.includes(INDEX)) return end(404);
    end(200, { "content-type": INDEX, "docker-content-digest": digestOf(content) }, method === "HEAD" ? "" : content);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host: `localhost:${(server.address() as AddressInfo).port}`, tags, asked, digestOf };
}
