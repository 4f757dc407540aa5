//! `symcache FROM TO`: the functions, files and lines of an ELF file's debug information, sorted by address.
//! The same as https://github.com/denoland/panic/blob/main/src/symbolicate.rs does for upstream's releases.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};

use symbolic_common::ByteView;
use symbolic_debuginfo::Object;
use symbolic_symcache::SymCacheConverter;

fn main() -> Result<(), Box<dyn Error>> {
    let [_, from, to] = <[String; 3]>::try_from(std::env::args().collect::<Vec<_>>())
        .map_err(|_| "usage: symcache FROM TO")?;
    let bytes = ByteView::open(from)?;
    let mut converter = SymCacheConverter::new();
    converter.process_object(&Object::parse(&bytes)?)?;
    let mut writer = BufWriter::new(File::create(to)?);
    converter.serialize(&mut writer)?;
    writer.flush()?;
    Ok(())
}
