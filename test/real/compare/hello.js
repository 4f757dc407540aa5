Deno.serve({ port: Number(Deno.args[0]), onListen: () => console.log("ready") }, () => new Response("Hello, world!"));
