# Makes links to libraries relative. An absolute one, such as that of the dynamic loader, leads out of the sysroot to
# the compiler's own system, and a linker then mixes two C libraries. Perl is in every Debian and Ubuntu image.
use File::Find; use File::Spec;
find({ no_chdir => 1, wanted => sub {
  return unless -l; my $to = readlink; return unless $to =~ m{^/};
  my ($at) = m{^(.*)/};
  unlink and symlink(File::Spec->abs2rel($to, $at), $_) or die "$_: $!";
} }, grep { -d } map { File::Spec->rel2abs(readlink($_) // $_, "/") } "/lib", "/lib64", "/usr/lib", "/usr/lib64");
