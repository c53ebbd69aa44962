//! The program: reads the command line, calls a command, and is the only place that exits.

fn main() {
    let mut args = std::env::args().skip(1).filter(|a| a != "--json");
    if args.next().as_deref() != Some("explain") {
        std::process::exit(2);
    }
    for file in args {
        if let Ok(raw) = std::fs::read(&file) {
            let mail = klachtpost::mail::read(&raw, "");
            println!("{}", klachtpost::commands::explain::mail_json(&file, &mail));
        }
    }
}
