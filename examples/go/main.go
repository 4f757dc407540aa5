// How other modules use deno-from-source, in Go: a patched binary for servers, an organisation's own image, an archive of
// images from binaries that two machines made.
//
// The bindings of dag.DenoFromSource are made by `dagger develop` in this folder and are not committed.
package main

import "dagger/examples/internal/dagger"

// How other modules use deno-from-source.
type Examples struct {
	// +private
	Base string
	// +private
	Binaries *dagger.Directory
	// +private
	ImageBase string
	// +private
	Tini *dagger.Directory
}

func New(
	// Base image of what is compiled. Example: --base=registry.example/debian:bookworm
	// +optional
	base string,
	// Finished binaries or release zips, to compile nothing. Example: --binaries=./dist
	// +optional
	binaries *dagger.Directory,
	// The organisation's base image, Debian or Ubuntu. Example: --image-base=registry.example/base:2026
	// +optional
	imageBase string,
	// Static binaries of tini, where GitHub is not reachable. Example: --tini=./tini
	// +optional
	tini *dagger.Directory,
) *Examples {
	return &Examples{Base: base, Binaries: binaries, ImageBase: imageBase, Tini: tini}
}

// A Deno for servers: with the organisation's patches, upgraded from its own releases, with the cheaper profile.
//
// Example: `dagger call deno-from-source-build-server --patches=./patches -o deno`
func (m *Examples) DenoFromSourceBuild_Server(
	// A directory of *.patch files
	patches *dagger.Directory,
	// Deno's version
	// +default="2.9.5"
	version string,
	// linux/arm64 or linux/amd64
	// +default="linux/amd64"
	platform string,
) *dagger.File {
	return dag.DenoFromSource(dagger.DenoFromSourceOpts{
		Base:    m.Base,
		Patches: patches,
		Profile: "release-lite",
		// Not Upgrade: false, which Go cannot say: the bindings send no zero values, so it would mean the default, true.
		UpgradeURL: "https://releases.example/deno",
	}).Build(dagger.DenoFromSourceBuildOpts{Version: version, Platform: platform})
}

// The organisation's image: its own base image, certificate authority and files around Deno, as user deno.
//
// Example: `dagger call --image-base=registry.example/base:2026 deno-from-source-image-company --certificate=ca.pem`
func (m *Examples) DenoFromSourceImage_Company(
	// The certificate authority that the organisation's servers are signed by, as PEM
	certificate *dagger.File,
	// What is put into /app
	// +optional
	files *dagger.Directory,
	// Deno's version
	// +default="2.9.5"
	version string,
	// linux/arm64 or linux/amd64
	// +default="linux/amd64"
	platform string,
) *dagger.Container {
	if files == nil {
		files = dag.Directory()
	}
	return dag.DenoFromSource(dagger.DenoFromSourceOpts{
		Base:      m.Base,
		Binaries:  m.Binaries,
		ImageBase: m.ImageBase,
		Tini:      m.Tini,
	}).
		Image(dagger.DenoFromSourceImageOpts{Version: version, Platform: platform}).
		// Deno reads it beside its own list: https://docs.deno.com/runtime/reference/env_variables/
		WithFile("/etc/ssl/company.pem", certificate, dagger.ContainerWithFileOpts{Permissions: 0o644}).
		WithEnvVariable("DENO_CERT", "/etc/ssl/company.pem").
		WithDirectory("/app", files, dagger.ContainerWithDirectoryOpts{Owner: "deno:deno"}).
		WithWorkdir("/app").
		WithUser("deno").
		WithLabel("org.opencontainers.image.vendor", "Example Ltd.")
}

// One archive with the images of both platforms, to be carried to where there is no registry, from the folders that an
// arm64 and an amd64 machine each made natively by `release`.
//
// Example: `dagger call deno-from-source-image-carried --arm=./dist-arm --intel=./dist-intel -o deno.tar`
func (m *Examples) DenoFromSourceImage_Carried(
	// The folder that release --platforms=linux/arm64 made
	arm *dagger.Directory,
	// The folder that release --platforms=linux/amd64 made
	intel *dagger.Directory,
	// The version that they were built as; it is not read from the binaries
	// +default="2.9.5"
	version string,
) *dagger.File {
	deno := dag.DenoFromSource(dagger.DenoFromSourceOpts{
		Base:      m.Base,
		Binaries:  arm.WithDirectory(".", intel),
		ImageBase: m.ImageBase,
		Tini:      m.Tini,
	})
	var variants []*dagger.Container
	for _, platform := range []string{"linux/arm64", "linux/amd64"} {
		variants = append(variants, deno.Image(dagger.DenoFromSourceImageOpts{Version: version, Platform: platform}))
	}
	return dag.Container().AsTarball(dagger.ContainerAsTarballOpts{PlatformVariants: variants})
}
