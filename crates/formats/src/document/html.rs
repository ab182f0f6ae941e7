//! Which words does a page show? Its scripts and styles are passed over; its links are where their text says.

use std::cell::RefCell;

use html5ever::{
    buffer_queue::BufferQueue,
    tendril::StrTendril,
    tokenizer::{
        Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
        states::{Rawtext, Rcdata, ScriptData},
    },
};

/// Elements that begin a line.
const BLOCKS: [&str; 33] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "dd",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tbody",
    "title",
    "tr",
    "ul",
    "body",
];
/// Elements whose content is not shown.
const HIDDEN: [&str; 6] = ["script", "style", "noscript", "template", "iframe", "noembed"];

/// The words of a page, and what is to be said of it.
pub(super) fn text(page: &str) -> (String, Vec<String>) {
    let tokenizer = Tokenizer::new(Words::default(), TokenizerOpts::default());
    let queue = BufferQueue::default();
    // The library holds texts of 4 GiB at most; ours are shorter.
    for piece in pieces(page) {
        queue.push_back(StrTendril::from_slice(piece));
        let _ = tokenizer.feed(&queue);
    }
    tokenizer.end();
    let shown = tokenizer.sink.shown.into_inner();
    let scripts = shown.scripts;
    let told = (scripts > 0).then(|| format!("{scripts} scripts were passed over"));
    (shown.text, told.into_iter().collect())
}

fn pieces(page: &str) -> impl Iterator<Item = &str> {
    let mut rest = page;
    std::iter::from_fn(move || {
        let mut end = rest.len().min(1 << 20);
        while !rest.is_char_boundary(end) {
            end += 1;
        }
        let (piece, after) = rest.split_at_checked(end)?;
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

#[derive(Default)]
struct Words {
    shown: RefCell<Shown>,
}

#[derive(Default)]
struct Shown {
    text: String,
    /// The hidden element that is open; none is inside another, as their content is no markup.
    hidden: Option<String>,
    scripts: usize,
}

impl TokenSink for Words {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut shown = self.shown.borrow_mut();
        match token {
            Token::CharacterTokens(text) if shown.hidden.is_none() => shown.text.push_str(&text),
            Token::TagToken(tag) => return shown.tag(&tag),
            Token::CharacterTokens(_)
            | Token::DoctypeToken(_)
            | Token::CommentToken(_)
            | Token::NullCharacterToken
            | Token::EOFToken
            | Token::ParseError(_) => {}
        }
        TokenSinkResult::Continue
    }
}

impl Shown {
    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name = &*tag.name;
        if BLOCKS.contains(&name) && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        if matches!(name, "td" | "th") {
            self.text.push_str(" | ");
        }
        if tag.kind == TagKind::EndTag {
            if self.hidden.as_deref() == Some(name) {
                self.hidden = None;
            }
            return TokenSinkResult::Continue;
        }
        if name == "script" {
            self.scripts += 1;
        }
        if self.hidden.is_none() && HIDDEN.contains(&name) {
            self.hidden = Some(name.to_owned());
        }
        match name {
            "script" => TokenSinkResult::RawData(ScriptData),
            "style" | "iframe" | "noembed" | "noscript" => TokenSinkResult::RawData(Rawtext),
            "title" | "textarea" => TokenSinkResult::RawData(Rcdata),
            _ => TokenSinkResult::Continue,
        }
    }
}
