import type { Container } from "@dagger.io/dagger";

const file = "/opt/deno-from-source/versions";

const record = `set -eu
mkdir -p "$(dirname ${file})"
{
  . /etc/os-release
  echo "os: $PRETTY_NAME"
  uname -m
  for tool do
    if ! command -v "$tool" >/dev/null; then echo "toolchain: $tool is missing on PATH" >&2; exit 1; fi
    printf '%s: ' "$tool"
    "$tool" --version 2>&1 | head -n 1
  done
  if [ -e /var/lib/dpkg/status ]; then sha256sum </var/lib/dpkg/status; fi
} >${file}
cat ${file}
`;

/** Runs each tool once with --version and keeps what it said. A missing tool fails here, by its name. */
export function withVersions(container: Container, tools: string[]): Container {
  return container.withExec(["sh", "-c", record, "versions", ...tools]);
}

/** What {@link withVersions} recorded: equal for containers with the same tools, so it can be part of a cache key. */
export function versions(container: Container): Promise<string> {
  return container.file(file).contents();
}
