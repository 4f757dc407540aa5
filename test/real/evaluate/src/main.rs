//! Evaluates its arguments as JavaScript, one after the other, and prints each result.

fn main() {
    // V8 comes without ICU's data, https://docs.rs/v8/147.4.0/v8/icu/fn.set_common_data_77.html; Deno takes it from there too.
    v8::icu::set_common_data_77(deno_core_icudata::ICU_DATA).expect("ICU's data");
    let platform = v8::new_default_platform(0, false).make_shared();
    v8::V8::initialize_platform(platform);
    v8::V8::initialize();
    println!("V8 {}", v8::V8::get_version());

    let isolate = &mut v8::Isolate::new(v8::CreateParams::default());
    v8::scope!(let handle_scope, isolate);
    let context = v8::Context::new(handle_scope, Default::default());
    let scope = &v8::ContextScope::new(handle_scope, context);
    for code in std::env::args().skip(1) {
        let source = v8::String::new(scope, &code).expect("a string");
        let script = v8::Script::compile(scope, source, None).expect("JavaScript that compiles");
        let result = script.run(scope).expect("JavaScript that runs");
        let text = result.to_string(scope).expect("a result that can be shown");
        println!("{code} = {}", text.to_rust_string_lossy(scope));
    }
}
