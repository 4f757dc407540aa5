//! `symcache FROM TO`: the functions, files and lines of an ELF file's debug information, sorted by address.
//! As https://github.com/denoland/panic/blob/main/src/symbolicate.rs does for upstream's releases, but for the order below.

use std::cmp::Reverse;
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
    let object = Object::parse(&bytes)?;
    let mut converter = SymCacheConverter::new();
    converter.set_arch(object.arch());
    converter.set_debug_id(object.debug_id());
    // What process_object does, in another order. By its own a third of deno's functions have no name: those that begin where
    // another ends, for the end is written first and stays. Lines, which come with functions, replace what is there. Mended
    // in versions whose files this one's readers may not know:
    // https://docs.rs/crate/symbolic-symcache/12.14.1/source/src/writer.rs#433
    let mut symbols: Vec<_> = object.symbols().collect();
    symbols.sort_by_key(|symbol| Reverse(symbol.address));
    for symbol in &symbols {
        converter.process_symbolic_symbol(symbol);
    }
    for function in object.debug_session()?.functions() {
        converter.process_symbolic_function(&function?);
    }
    let mut writer = BufWriter::new(File::create(to)?);
    converter.serialize(&mut writer)?;
    writer.flush()?;
    Ok(())
}
