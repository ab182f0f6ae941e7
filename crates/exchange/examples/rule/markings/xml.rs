//! How is a label in XML written down? In every way that XML has, and in some that it has not.

use crate::random::Random;

const NAMESPACE: &str = "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0";
const BYTES_MAX: usize = 65_536;
const ELEMENTS_MAX: usize = 1_000;

pub(super) fn element(prefix: &str, name: &str, attributes: &str, content: &str) -> String {
    if content.is_empty() {
        return format!("<{prefix}{name}{attributes}/>");
    }
    format!("<{prefix}{name}{attributes}>{content}</{prefix}{name} >")
}

/// A text of which the words are these, with white space and other things between and around them.
pub(super) fn token(random: &mut Random, words: &str) -> String {
    let gap = *random.pick(&[" ", " ", " ", "  ", "\n\t", "\r\n ", "&#32;", " <!-- - -->", "<?a b?> "]);
    let mut token = words.replace(' ', gap);
    match random.below(12) {
        0 => token = format!(" {token}\n"),
        1 => token = format!("<!--x-->{token}<?x?>"),
        2 => token = format!("<![CDATA[{words}]]>"),
        3 => {
            if let Some(first) = words.chars().next() {
                let rest = words.strip_prefix(first).unwrap_or_default();
                token = format!("&#{};{rest}", u32::from(first));
            }
        }
        4 => {
            if let Some(last) = words.chars().last() {
                let rest = words.strip_suffix(last).unwrap_or_default();
                token = format!("{rest}<!-- -->&#x{:x};", u32::from(last));
            }
        }
        _ => {}
    }
    token
}

/// An attribute of an element of which nothing is read.
pub(super) fn attribute(random: &mut Random) -> &'static str {
    random.pick::<&str>(&["", "", " IDType=\"jid\"", " a = 'a'", " xml:lang='en'", " a='>&amp;&#10;\"'"])
}

/// What may stand where nothing is read: mostly XML.
pub(super) fn anything(random: &mut Random) -> String {
    if random.chance(60) {
        return "2026-01-01T00:00:00Z".to_owned();
    }
    if random.chance(92) {
        return (*random.pick(&WELL_FORMED)).to_owned();
    }
    match random.below(12) {
        0 => nested(14),
        1 => nested(15),
        2 => attributes(31),
        3 => attributes(32),
        _ => (*random.pick(&NOT_WELL_FORMED)).to_owned(),
    }
}

/// So many elements in each other. Two or three stand around them.
fn nested(depth: usize) -> String {
    format!("{}{}", "<x>".repeat(depth), "</x>".repeat(depth))
}

/// An element with one attribute more than so many, of which one is `xmlns`.
fn attributes(many: usize) -> String {
    let attributes: Vec<_> = (0..many).map(|number| format!(" a{number}='a'")).collect();
    format!("<x xmlns='urn:x'{}/>", attributes.concat())
}

const WELL_FORMED: [&str; 28] = [
    "",
    " <!-- a comment -->",
    "<?target data ? > ?>",
    "<?a?>",
    "<![CDATA[<x>&y;]] >]]>",
    "<![CDATA[]]>",
    "<x xmlns='urn:x'><y/>z</x>",
    "<x:x xmlns:x='urn:x' x:a='1' a='1'/>",
    "&lt;&gt;&amp;&apos;&quot;",
    "&#60;&#x3C;&#xD7FF;&#x10FFFF;&#9;",
    "a > b ]] > ]] c",
    "\u{e9}\u{2028}\u{1f525}\u{7f}\u{85}",
    "<x xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:lang=''/>",
    "<x a='&lt;\n\t'\r\n b=\"'\" ></x\t>",
    "<x xmlns:a='urn:x' xmlns:b='urn:y' a:x='' b:x=''/>",
    "<x xmlns=''><x xmlns='urn:x'/></x>",
    "<!---->",
    "<x\u{e9}/>",
    "<x.-_1/>",
    "\r\r\n",
    "<?xml-stylesheet href='x'?>",
    "<xml:a/>",
    "<x a='1' A='&#60;'\n/>",
    "<?a?b?>",
    "&#x0041;&#00000000065;",
    "<x\u{b7}/>",
    "<x xmlns:a='urn:x'><x xmlns:a='urn:y' a:x='' x=''/></x>",
    "<x xml:space='preserve' xml:x=''/>",
];

const NOT_WELL_FORMED: [&str; 80] = [
    "<q:x/>",
    "<x q:a=''/>",
    "&nbsp;",
    "&bogus;",
    "<x a='&bogus;'/>",
    "a & b",
    "&amp",
    "&;",
    "]]>",
    "&#0;",
    "&#x1F;",
    "&#xD800;",
    "&#xFFFE;",
    "&#x110000;",
    "&#99999999999999999999;",
    "&#;",
    "&#X41;",
    "\u{1}",
    "\u{c}",
    "\u{b}",
    "\u{fffe}",
    "\u{ffff}",
    "<x a='1' a='2'/>",
    "<x xmlns:a='urn:x' xmlns:b='urn:x' a:x='' b:x=''/>",
    "<x xmlns:p=''/>",
    "<x xmlns:xmlns='urn:x'/>",
    "<x xmlns:q='http://www.w3.org/XML/1998/namespace'/>",
    "<x xmlns:xml='urn:x'/>",
    "<x xmlns='http://www.w3.org/2000/xmlns/'/>",
    "<x xmlns='http://www.w3.org/XML/1998/namespace'/>",
    "<?a:b c?>",
    "<?xml version='1.0'?>",
    "<?XML x?>",
    "<?",
    "<!-- -- -->",
    "<!-- --->",
    "<x a='<'/>",
    "<x a=1/>",
    "<x a='1'b='2'/>",
    "<x a/>",
    "<a:b:c/>",
    "<:a/>",
    "<x></y>",
    "< x/>",
    "<xmlns:a/>",
    "<x / >",
    "</ x>",
    "<x></x a='1'>",
    "<x\u{a0}a='1'/>",
    "<!X>",
    "<![cdata[x]]>",
    "<!-->",
    "<!--->",
    "<??>",
    "<? a?>",
    "<x a='&#0;'/>",
    "<x a='a & b'/>",
    "<1x/>",
    "<x -a='1'/>",
    "<x a:='1'/>",
    "<x xmlns:='urn:x'/>",
    "<x xmlns:a:b='urn:x'/>",
    "<>",
    "</>",
    "<x>",
    "</x>",
    "&#+65;",
    "&#x+41;",
    "&# 65;",
    "&#65 ;",
    "& amp;",
    "&am<!-- -->p;",
    "<x\u{d7}/>",
    "<\u{b7}/>",
    "<x a='\u{1}'/>",
    "<x xmlns:i='http://www.w3.org/2001/XMLSchema-instance' xmlns:j='http://www.w3.org/2001/XMLSchema-instance' i:x='' j:x=''/>",
    "<x xmlns:q='http://www.w3.org/2000/xmlns/'/>",
    "<x xmlns:xml='http://www.w3.org/XML/1998/namespace' xmlns:xml='http://www.w3.org/XML/1998/namespace'/>",
    "&#38",
    "&a:b;",
];

/// The whole of it, from its outermost element's name and what is in it.
pub(super) fn document(random: &mut Random, (prefix, outermost): (&str, &str), content: &[String]) -> String {
    let gap = *random.pick(&["", "", "\n  ", "<!-- gap -->\r\n", "<?gap?>", "<![CDATA[ ]]>", "&#10;"]);
    let colon = prefix.strip_suffix(':').map_or_else(String::new, |prefix| format!(":{prefix}"));
    let namespace = match random.below(120) {
        0 => NAMESPACE.replace(":1:0", ":1:1"),
        1 => format!("{NAMESPACE} "),
        2 => NAMESPACE.to_uppercase(),
        3..9 => NAMESPACE.replace("nato", "&#110;ato"),
        _ => NAMESPACE.to_owned(),
    };
    let mut attributes = format!(" xmlns{colon}=\"{namespace}\"");
    let more = [
        " Id='a'",
        " ReviewDateTime=\"2020-01-01T00:00:00Z\"",
        " xml:lang='en'",
        " xmlns:i='http://www.w3.org/2001/XMLSchema-instance' i:schemaLocation='x'",
        " xmlns:other='urn:x'",
    ];
    attributes.push_str(&random.some(&more, 12).concat());
    if random.chance(2) {
        attributes.push_str(random.pick::<&str>(&[
            " x='x'",
            " id='a'",
            " xmlns:y='urn:y' y:Id='x'",
            " xsi:x='x'",
        ]));
    }
    let mut text = element(prefix, outermost, &attributes, &content.join(gap));
    match random.below(150) {
        0 => text = filled(&text, ELEMENTS_MAX),
        1 => text = filled(&text, ELEMENTS_MAX + 1),
        2 => drop(text.pop()),
        3 => text = text.replace("</", "<"),
        4 => text.clear(),
        5 => text.push_str("<x/>"),
        6 => text.push_str("text"),
        7 => text.push_str("&#32;"),
        8 => text.push_str("<![CDATA[]]>"),
        _ => {}
    }
    let before = if random.chance(35) { *random.pick(&BEFORE) } else { "" };
    let before = if random.chance(3) { *random.pick(&NOT_BEFORE) } else { before };
    let after = *random.pick(&["", "", "", "\n", "<!-- end -->", "<?end?>\r\n"]);
    let text = format!("{before}{text}{after}");
    match random.below(300) {
        0 => long(&text, BYTES_MAX),
        1 => long(&text, BYTES_MAX + 1),
        _ => text,
    }
}

const BEFORE: [&str; 11] = [
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
    "<?xml version='1.0'?>\n",
    "<?xml version = '1.0' encoding='utf-8' standalone='yes' ?>",
    "<?xml version='1.0' standalone=\"no\"?>",
    "\u{feff}",
    "\u{feff}<?xml version='1.0' encoding='Utf-8'?>",
    "\n",
    "<!-- first -->",
    "<?first?>\n",
    "<?xml version='1.0'?><!-- <!DOCTYPE x> --> ",
    "<?xml\n\tversion='1.0'\r\nstandalone='no'?>",
];

const NOT_BEFORE: [&str; 28] = [
    "<!DOCTYPE x>",
    "<!DOCTYPE originatorConfidentialityLabel [<!ENTITY a 'b'>]>",
    "<?xml version='1.0'?><!DOCTYPE x SYSTEM 'x'>",
    "<?xml version='1.1'?>",
    "<?xml version='1.0' encoding='UTF-16'?>",
    "<?xml version='1.0' encoding='utf8'?>",
    "<?xml version='1.0' encoding='ISO-8859-1'?>",
    "<?xml version='1.0' encoding='US-ASCII'?>",
    "<?xml version='1.0' encoding=''?>",
    "<?xml encoding='UTF-8'?>",
    "<?xml version='1.0' standalone='maybe'?>",
    "<?xml encoding='UTF-8' version='1.0'?>",
    "<?xml version='1.0'encoding='UTF-8'?>",
    "<?xml version='1.0' encoding='UTF-8\"?>",
    "<?xml version='1.0' x='y'?>",
    "\n<?xml version='1.0'?>",
    "<?XML version='1.0'?>",
    "\u{feff}\u{feff}",
    "text",
    "\u{a0}",
    "<?xml version='1.0' standalone='yes' encoding='UTF-8'?>",
    "<?xml version='1.0' encoding='UTF-8' encoding='UTF-8'?>",
    "<?xml?>",
    "<?xml version='1.0' standalone='YES'?>",
    "<?xml version='1.&#48;'?>",
    "<?xml version=1.0?>",
    "<?xmlversion='1.0'?>",
    "<?xml version='1.0'? >",
];

/// With so many elements.
fn filled(text: &str, elements: usize) -> String {
    let starts = |(place, _): &(usize, &str)| {
        text.get(place + 1..).is_some_and(|rest| !rest.starts_with(['/', '!', '?', '[']))
    };
    let held = text.match_indices('<').filter(starts).count();
    let filling = "<x/>".repeat(elements.saturating_sub(held + 1));
    // Before the end of the outermost element, which comes last.
    let Some((whole, end)) = text.rsplit_once("</") else { return text.to_owned() };
    let prefix = end.split_once(':').map_or_else(String::new, |(prefix, _)| format!("{prefix}:"));
    format!("{whole}<{prefix}OriginatorID>{filling}</{prefix}OriginatorID></{end}")
}

/// With so many bytes, of letters of two bytes each as far as that goes.
fn long(text: &str, bytes: usize) -> String {
    let room = bytes.saturating_sub(text.len() + "<!--".len() + "-->".len());
    format!("{text}<!--{}{}-->", "\u{e9}".repeat(room / 2), "e".repeat(room % 2))
}
