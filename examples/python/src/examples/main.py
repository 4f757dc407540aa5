from typing import Annotated

import dagger
from dagger import Doc, dag, function, object_type

DENO = "2.9.5"

Version = Annotated[str, Doc("Deno's version")]
Platform = Annotated[str, Doc("linux/arm64 or linux/amd64")]


@object_type
class Examples:
    """How other modules use deno-from-source."""

    base: Annotated[str, Doc("Base image of what is compiled")] = "debian:bookworm"
    binaries: Annotated[
        dagger.Directory | None,
        Doc("Finished binaries, to compile nothing. Example: --binaries=./dist"),
    ] = None
    image_base: Annotated[
        str,
        Doc("Base image of the organisation, or nothing: deno-from-source's own"),
    ] = ""
    tini: Annotated[
        dagger.Directory | None,
        Doc("Static binaries of tini, where GitHub is not reachable"),
    ] = None

    @function
    def deno_from_source_build__server(
        self,
        patches: Annotated[dagger.Directory, Doc("A directory of *.patch files")],
        version: Version = DENO,
        platform: Platform = "linux/amd64",
    ) -> dagger.File:
        """A Deno for servers: patched, without `deno upgrade`, with a cheaper profile.

        Example: `dagger call deno-from-source-build-server --patches=./patches -o deno`
        """
        return dag.deno_from_source(
            base=self.base,
            patches=patches,
            profile="release-lite",
            upgrade=False,
        ).build(version=version, platform=platform)

    @function
    def deno_from_source_image__company(
        self,
        certificate: Annotated[
            dagger.File,
            Doc("The authority that the organisation's servers are signed by, as PEM"),
        ],
        files: Annotated[dagger.Directory | None, Doc("What is put into /app")] = None,
        version: Version = DENO,
        platform: Platform = "linux/amd64",
    ) -> dagger.Container:
        """The organisation's image: its base image, authority and files around Deno.

        Example: `dagger call --image-base=registry.example/base:2026
        deno-from-source-image-company --certificate=ca.pem`
        """
        return (
            dag.deno_from_source(
                base=self.base,
                binaries=self.binaries,
                image_base=self.image_base,
                tini=self.tini,
            )
            .image(version=version, platform=platform)
            # Deno reads it beside its own list:
            # https://docs.deno.com/runtime/reference/env_variables/
            .with_file("/etc/ssl/company.pem", certificate, permissions=0o644)
            .with_env_variable("DENO_CERT", "/etc/ssl/company.pem")
            .with_directory("/app", files or dag.directory(), owner="deno:deno")
            .with_workdir("/app")
            .with_user("deno")
            .with_label("org.opencontainers.image.vendor", "Example Ltd.")
        )

    @function
    def deno_from_source_image__carried(
        self,
        arm: Annotated[
            dagger.Directory, Doc("What release --platforms=linux/arm64 made")
        ],
        intel: Annotated[
            dagger.Directory, Doc("What release --platforms=linux/amd64 made")
        ],
        version: Annotated[
            str, Doc("The version that they were built as; it is not read from them")
        ] = DENO,
    ) -> dagger.File:
        """One archive with the images of both platforms, for a place without a registry.

        They are made from the folders that two machines each made by `release`.

        Example: `dagger call deno-from-source-image-carried --arm=./dist-arm
        --intel=./dist-intel -o deno.tar`
        """
        deno = dag.deno_from_source(
            base=self.base,
            binaries=arm.with_directory(".", intel),
            image_base=self.image_base,
            tini=self.tini,
        )
        images = [
            deno.image(version=version, platform=platform)
            for platform in ("linux/arm64", "linux/amd64")
        ]
        return dag.container().as_tarball(platform_variants=images)
