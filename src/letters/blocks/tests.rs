//! What templates make of blocks is read back as it was made, and nothing that is printed can pass for one.

use super::*;
use minijinja::{Environment, context};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// What the template makes with that text.
fn filled(template: &'static str, text: &str) -> String {
    let mut engine = Environment::new();
    engine.set_auto_escape_callback(crate::letters::printing::escaping);
    crate::letters::printing::equip(&mut engine);
    engine.add_template("test.j2", template).unwrap();
    let k = Value::from_object(Kit);
    engine.get_template("test.j2").unwrap().render(context! { k, text }).unwrap()
}

#[test]
fn every_block_has_a_mark_of_its_own() {
    let marks: BTreeSet<char> = Block::ALL.iter().map(|(_, block)| block.mark()).collect();
    assert_eq!(marks.len(), Block::ALL.len());
    assert!(marks.iter().all(|mark| mark.is_control()));
    for (name, block) in Block::ALL {
        // Templates make entries of no block.
        let called = Some(block).filter(|block| *block != Block::Entry);
        assert_eq!((Block::named(name), Block::marked(block.mark())), (called, Some(block)));
    }
}

#[test]
fn blocks_stand_within_blocks() {
    let made = filled("a{% call k.p() %}b{{ k.b(text) }}{{ k.fact(text, k.b(2), strong=true) }}{% endcall %}c", "x");
    let strong = |words| Node::Block(Block::Strong, vec![vec![Node::Text(words)]]);
    let fact = Node::Block(Block::Fact, vec![vec![Node::Text("x")], vec![strong("2")], vec![Node::Text("1")]]);
    let paragraph = Node::Block(Block::Paragraph, vec![vec![Node::Text("b"), strong("x"), fact]]);
    assert_eq!(read(&made).unwrap(), [Node::Text("a"), paragraph, Node::Text("c")]);
}

#[test]
fn what_is_broken_off_is_read_as_far_as_it_goes() {
    for marks in
        ["\u{1c}", "\u{1c}\u{80}", "\u{1c}\u{9f}\u{1f}", "\u{1f}\u{1e}\u{1e}", "\u{1c}\u{80}\u{1f}a\u{1c}\u{82}\u{1f}b"]
    {
        let made = format!("before {marks}");
        assert_eq!(read(&made).unwrap().first(), Some(&Node::Text("before ")), "{marks:?}");
    }
}

proptest! {
    /// Whatever somebody wrote, and however it is printed, the blocks are those of the template.
    #[test]
    fn no_text_is_a_block(text in any::<String>(), marks in "[\u{1c}-\u{1f}\u{80}-\u{9f}a]{0,12}") {
        const TEMPLATE: &str = "{{ text }}{{ k.b(text) }}{{ k.quote(text) }}{{ text|text }}{{ k.b(1) ~ text }}{{ text|below }}";
        let text = text + &marks;
        let made = filled(TEMPLATE, &text);
        let blocks = |flow: &[Node<'_>]| flow.iter().filter(|node| matches!(node, Node::Block(..))).count();
        let flow = read(&made).unwrap();
        prop_assert_eq!(blocks(&flow), 2, "{:?}", made);
        for node in &flow {
            if let Node::Block(_, pieces) = node {
                prop_assert_eq!((pieces.len(), blocks(&pieces[0])), (1, 0), "{:?}", made);
            }
        }
    }
}

#[test]
fn what_is_to_be_copied_keeps_its_blank_lines() {
    let made = filled("{{ k.block(text) }}", "a\n\nb\n\n\nc\nd");
    let html =
        crate::letters::as_page::draw(&read(&made).unwrap(), crate::letters::as_page::Look { ink: "", line: "" });
    assert!(html.contains(">a\n<br>b\n<br><br>c\nd</pre>"), "{html}");
}
