// Run without permissions and without a terminal, where Deno cannot ask: reading must be denied.
console.log(Deno.readTextFileSync("/etc/passwd"));
