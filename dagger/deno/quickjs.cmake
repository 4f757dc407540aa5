# How cmake compiles WAMR, which the crate v8x has for WebAssembly in QuickJS, and calls cmake for by itself:
# https://docs.rs/crate/v8x/149.4.0-rc.4/source/build.rs, https://cmake.org/cmake/help/latest/envvar/CMAKE_TOOLCHAIN_FILE.html
#
# For the target, where cargo compiles for it; v8x does not say so, as the crate cmake does.
if(NOT "$ENV{CROSS}" STREQUAL "" AND "$ENV{TARGET}" STREQUAL "$ENV{CROSS}")
  set(CMAKE_SYSTEM_NAME Linux)
  string(REGEX REPLACE "-.*" "" CMAKE_SYSTEM_PROCESSOR "$ENV{TARGET}")
  set(CMAKE_C_COMPILER "/opt/cross/bin/$ENV{TARGET}-clang")
  set(CMAKE_CXX_COMPILER "/opt/cross/bin/$ENV{TARGET}-clang++")
  set(CMAKE_AR "/opt/cross/bin/$ENV{TARGET}-ar")
  set(CMAKE_RANLIB "/opt/cross/bin/$ENV{TARGET}-ranlib")
endif()
# With the distribution's SIMDe, headers that WAMR would clone from GitHub by a tag:
# https://docs.rs/crate/v8x/149.4.0-rc.4/source/vendor/wamr/core/iwasm/libraries/simde/simde.cmake
set(FETCHCONTENT_SOURCE_DIR_SIMDE /opt/deno-from-source/quickjs/simde CACHE PATH "")
