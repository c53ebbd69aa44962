//! What a URL of a database means, and that its password is shown nowhere.

use super::*;

#[test]
fn a_url_names_hosts_in_order_and_shows_no_password() {
    let url = "postgres://desk:h%40nter%2F2@db1.lease.example,db2.lease.example:5433/klachten?sslrootcert=/etc/ca.pem";
    let database = Postgres::parse(url).unwrap();
    let shown = "postgres://desk@db1.lease.example:5432,db2.lease.example:5433/klachten";
    assert_eq!(database.to_string(), shown);
    assert_eq!(format!("{:?} {:?}", DatabaseUrl::from(url), database), format!("{shown} {shown}"));
    let servers = database.servers();
    assert_eq!(servers[1].0, "postgres://desk@db2.lease.example:5433/klachten");
    assert_eq!(
        &*servers[1].1,
        "postgres://desk:h%40nter%2F2@db2.lease.example:5433/klachten?sslmode=verify-full&sslrootcert=/etc/ca.pem"
    );
    assert_eq!(Postgres::parse(&database.url()).unwrap().url(), database.url());
}

#[test]
fn within_one_machine_nothing_need_be_encrypted_or_proven() {
    for url in [
        "postgres://desk@localhost/k?sslmode=disable",
        "postgresql://desk@127.0.0.1:5433,[::1]/k?sslmode=disable",
        "postgres://desk@%2Frun%2Fpostgresql/k",
    ] {
        let database = Postgres::parse(url).unwrap();
        assert!(!database.lacks_password(), "{url}");
        assert!(database.servers().iter().all(|(_, url)| url.contains("sslmode=disable")), "{url}");
    }
    let sixth = Postgres::parse("postgres://desk@[::1]:5433/k").unwrap();
    assert_eq!(&*sixth.servers()[0].1, "postgres://desk@localhost:5433/k?sslmode=verify-full&hostaddr=::1");
    assert!(Postgres::parse("postgres://desk@db/k").unwrap().lacks_password());
    assert!(!Postgres::parse("postgres://desk@db/k?sslcert=/c.pem&sslkey=/k.pem").unwrap().lacks_password());
    assert!(DatabaseUrl::from("postgres:x").is_postgres() && !DatabaseUrl::from("sqlite:x").is_postgres());
}

#[test]
fn what_cannot_be_used_is_told_without_the_password() {
    let urls = [
        "postgres:desk:hunter2@db/k",
        "postgres://db/k",
        "postgres://:hunter2@db/k",
        "postgres://desk:hunter2@db",
        "postgres://desk:hunter2@db:99999/k",
        "postgres://desk:hunt/er2@db/k",
        "postgres://desk:hunter2@db;rm/k",
        "postgres://desk:hunter2@db/k?sslmode=disable",
        "postgres://desk:hunter2@localhost,db/k?sslmode=disable",
        "postgres://desk:hunter2@db/k?sslmode=require",
        "postgres://desk:hunter2@db/k?options=-c",
        "postgres://desk:hunter2@db/k#x",
        "postgres://desk#:hunter2@db/k",
        "postgres://desk:hunter2@db/k k",
        "postgres://desk%00options:hunter2@db/k",
        "postgres://desk:hunter2@db/k?sslrootcert=/etc/ca#.pem",
    ];
    let told = urls.map(|url| {
        let bad = Postgres::parse(url).unwrap_err();
        format!("{}; {}", bad.found, bad.write)
    });
    assert!(!told.concat().contains("hunt"));
    // What a driver would take for a fragment swallows no sslmode.
    let taken = Postgres::parse("postgres://desk:h#unter2@db/k%23x").unwrap();
    assert!(taken.servers().iter().all(|(_, url)| !url.contains('#') && url.contains("sslmode=verify-full")));
    insta::assert_snapshot!(told.join("\n"));
    let twice = Postgres::parse("postgres://desk:a@db/k").unwrap().with_password("b".into()).unwrap_err();
    assert_eq!(twice.found, "a password in register.url as well");
}

#[test]
fn a_password_is_anothers_only_where_the_user_and_the_servers_are() {
    let known = Postgres::parse("postgres://desk:geheim@db1,db2/klachten").unwrap();
    let with = |url: &str| Postgres::parse(url).unwrap().with_password_of(&known).url();
    assert_eq!(
        &*with("postgres://desk@db1,db2/other"),
        "postgres://desk:geheim@db1:5432,db2:5432/other?sslmode=verify-full"
    );
    for url in
        ["postgres://desk@db1/klachten", "postgres://boss@db1,db2/klachten", "postgres://desk:own@db1,db2/klachten"]
    {
        assert!(!with(url).contains("geheim"), "{url}");
    }
}
