# Has cmake compile for the target where cargo does, and for the machine itself where a build script is compiled for it. The
# crate cmake says as much; v8x, which QuickJS is in, calls cmake itself and does not:
# https://docs.rs/crate/v8x/149.4.0-rc.4/source/build.rs, https://cmake.org/cmake/help/latest/envvar/CMAKE_TOOLCHAIN_FILE.html
if("$ENV{TARGET}" STREQUAL "$ENV{CROSS}")
  set(CMAKE_SYSTEM_NAME Linux)
  string(REGEX REPLACE "-.*" "" CMAKE_SYSTEM_PROCESSOR "$ENV{TARGET}")
  set(CMAKE_C_COMPILER "/opt/cross/bin/$ENV{TARGET}-clang")
  set(CMAKE_CXX_COMPILER "/opt/cross/bin/$ENV{TARGET}-clang++")
  set(CMAKE_AR "/opt/cross/bin/$ENV{TARGET}-ar")
  set(CMAKE_RANLIB "/opt/cross/bin/$ENV{TARGET}-ranlib")
endif()
