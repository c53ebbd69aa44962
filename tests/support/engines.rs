//! The tests that are about one of the two databases alone, each by its name and with what stands for it on the other. The test
//! asks here and passes without doing anything where it is not meant; `tests/architecture.rs` holds these lists against the
//! tests, so that none passes unseen. Data, and one question.

use super::postgres;

/// Of the SQLite file: its mode, its lock, its pages, its log. With the test of PostgreSQL that stands for it, or why none does.
pub const SQLITE_ALONE: [(&str, &str); 18] = [
    ("a_backup_has_its_name_when_it_is_whole", "pg_dump writes that file, not klachtpost"),
    ("a_backup_takes_no_others_place_and_one_that_was_cut_off_is_taken_again", "where_a_dump_is_taken_is_said"),
    (
        "a_database_that_cannot_be_used_blames_no_mail_and_says_what_to_do",
        "a_server_that_cannot_be_used_now_blames_no_mail_and_says_what_to_do",
    ),
    ("a_register_of_the_first_version_opens_with_all_that_it_holds", "the_first_tables_there_are_brought_up_to_date"),
    (
        "a_register_that_can_only_be_read_is_told_and_goes_on_once_it_can_be_written",
        "a_database_that_can_only_be_read_is_told_and_goes_on_once_it_can_be_written",
    ),
    (
        "a_register_in_a_read_only_folder_is_told_and_goes_on_once_it_can_be_written",
        "a_database_that_can_only_be_read_is_told_and_goes_on_once_it_can_be_written",
    ),
    ("a_register_that_is_not_there_is_not_made", "each_server_that_cannot_be_used_says_what_to_do"),
    (
        "a_register_that_may_not_grow_loses_nothing_and_says_so",
        "a_server_that_cannot_be_used_now_blames_no_mail_and_says_what_to_do",
    ),
    (
        "a_second_daemon_on_the_register_is_refused",
        "another_takes_over_within_half_a_minute_and_the_commands_say_who_holds_what",
    ),
    (
        "a_second_daemon_on_the_same_file_is_refused_whatever_name_it_uses",
        "another_takes_over_within_half_a_minute_and_the_commands_say_who_holds_what",
    ),
    (
        "letters_of_a_killed_daemon_come_back_with_the_next_one",
        "whatever_becomes_of_some_of_them_nothing_is_lost_doubled_or_missing",
    ),
    (
        "on_a_full_disk_the_daemon_waits_and_goes_on_by_itself_when_there_is_room",
        "a_server_whose_disk_is_full_loses_nothing_and_all_goes_on_when_there_is_room",
    ),
    ("settings_that_are_wrong_or_doubtful_are_told_all_at_once", "of the settings alone, whatever the register is on"),
    ("the_file_is_made_for_its_owner_only_and_opens_again", "each_server_that_cannot_be_used_says_what_to_do"),
    ("the_key_made_on_first_start_is_not_used_once_others_can_read_it", "the key is in the settings, and none is made"),
    (
        "the_log_that_a_killed_process_left_is_taken_up_whole_or_with_a_torn_end",
        "a_server_that_was_killed_in_the_middle_comes_back_with_all_that_was_on_file",
    ),
    ("what_is_no_database_is_said_to_be_none", "each_server_that_cannot_be_used_says_what_to_do"),
    (
        "where_nothing_is_set_a_register_in_this_folder_is_used_and_said",
        "a database of a server is never found by itself",
    ),
];

/// Of several instances, and of the server: on SQLite a second daemon is refused, and there is no server.
pub const POSTGRES_ALONE: [&str; 19] = [
    "a_batch_of_fifty_mails_takes_as_many_statements_as_one_of_five",
    "a_clock_that_goes_wrong_gives_the_work_to_another_until_it_is_right",
    "of_a_clock_that_keeps_everybody_from_working_the_operator_is_told",
    "a_database_that_can_only_be_read_is_told_and_goes_on_once_it_can_be_written",
    "a_server_that_goes_silent_in_the_middle_keeps_nobody_for_good",
    "a_server_that_was_killed_in_the_middle_comes_back_with_all_that_was_on_file",
    "a_server_whose_disk_is_full_loses_nothing_and_all_goes_on_when_there_is_room",
    "a_server_without_room_for_its_log_ends_and_all_goes_on_when_it_is_started",
    "another_takes_over_within_half_a_minute_and_the_commands_say_who_holds_what",
    "how_long_an_instance_waits_for_its_turn_is_measured",
    "tables_are_written_anew_by_one_at_a_time",
    "the_primary_is_killed_in_the_middle_of_intake_and_its_standby_goes_on",
    "two_instances_with_a_mailbox_each_decide_on_no_mail_of_the_others",
    "what_one_machine_redacts_another_redacts_again_in_a_restored_register",
    "whatever_becomes_of_some_of_them_nothing_is_lost_doubled_or_missing",
    "where_a_dump_is_taken_is_said",
    "who_reaches_the_mail_server_and_not_the_database_sends_and_moves_nothing",
    "who_reads_one_mailbox_alone_neither_decides_on_nor_tries_the_mails_of_another",
    "who_slept_over_its_lease_with_letters_in_hand_sends_none_of_them_again",
];

/// Whether this test is about the other database, and has nothing to try in this run; then that is printed.
pub fn is_about_the_other(test: &str) -> bool {
    let of_sqlite = SQLITE_ALONE.iter().find(|(name, _)| *name == test);
    assert!(
        of_sqlite.is_some() || POSTGRES_ALONE.contains(&test),
        "{test} is in neither list of tests/support/engines.rs"
    );
    match (of_sqlite, postgres::is_on()) {
        (Some((_, instead)), true) => println!("only on SQLite: {test}; on PostgreSQL: {instead}"),
        (None, false) => println!("only on PostgreSQL: {test}"),
        (Some(_), false) | (None, true) => return false,
    }
    true
}
