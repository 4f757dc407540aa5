/**
 * The other way to do it, which this module replaces: one Dockerfile, V8 and Deno in one chain of layers below the
 * version. Its toolchain, sources and cargo commands are those of the module's own build, so the difference is the chain.
 */
export const dockerfile = (toolchain: string): string => `FROM ${toolchain}
ARG DENO_VERSION
LABEL org.opencontainers.image.version=$DENO_VERSION
RUN echo "$DENO_VERSION" >/version
COPY rusty_v8 /src/rusty_v8
RUN cd /src/rusty_v8 && rm -f tools/rust_toolchain.py && touch tools/rust_toolchain.py .cargo_vcs_info.json && \\
  V8_FROM_SOURCE=1 GN=$(command -v gn) NINJA=$(command -v ninja) PYTHON=python3 \\
  CLANG_BASE_PATH=/opt/llvm RUSTC_BOOTSTRAP=1 LIBCLANG_PATH=$(readlink -f /opt/llvm/lib/llvm) \\
  EXTRA_GN_ARGS="use_sysroot=false treat_warnings_as_errors=false v8_enable_temporal_support=false enable_rust=false use_glib=false $(cat /opt/llvm/gn-args)" \\
  cargo check -vv --release --lib --locked --features simdutf && \\
  cp target/release/gn_out/obj/librusty_v8.a target/release/gn_out/src_binding.rs /src/
COPY deno /src/deno
RUN cd /src/deno && RUSTY_V8_ARCHIVE=/src/librusty_v8.a RUSTY_V8_SRC_BINDING_PATH=/src/src_binding.rs \\
  cargo build --release --locked --bin deno && cp target/release/deno /usr/bin/deno && deno eval 'console.log(6*7)'
`;
