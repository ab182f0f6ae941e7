//! Which parts does the text of a pattern have? (STIX 2.1 sections 9.5 to 9.7)
//!
//! By descent, one function per rule of the grammar. From loosest to tightest, between observations: FOLLOWEDBY, OR, AND,
//! qualifiers; inside brackets: OR, AND. Only parentheses recurse, and they are counted.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "each place takes a few kinds of word and refuses all others, of whatever kind"
)]

mod comparison;

use super::{
    Grammar, PatternLimits,
    ast::{ObjectPath, Observations, Qualifier},
    error::{PatternError, Problem},
    lexer::{self, Keyword, Lexer, Word},
};
use crate::Timestamp;

pub(super) fn parse(
    text: &str,
    grammar: Grammar,
    limits: &PatternLimits,
) -> Result<Observations, PatternError> {
    let lexer = Lexer::new(text);
    if text.len() > limits.pattern_bytes_max {
        return Err(lexer.error(limits.pattern_bytes_max, Problem::Size));
    }
    let mut parser = Parser { lexer, word: Word::End, start: 0, grammar, limits, depth: 0, nodes: 0 };
    parser.step()?;
    let root = parser.followed_by()?;
    if parser.word == Word::End {
        Ok(root)
    } else {
        Err(parser.expected("a qualifier, AND, OR, FOLLOWEDBY or the end"))
    }
}

pub(super) fn parse_path(text: &str) -> Result<ObjectPath, PatternError> {
    let limits = &PatternLimits::DEFAULT;
    let (lexer, grammar) = (Lexer::new(text), Grammar::V21);
    let mut parser = Parser { lexer, word: Word::End, start: 0, grammar, limits, depth: 0, nodes: 0 };
    parser.step()?;
    let path = parser.path()?;
    if parser.word == Word::End { Ok(path) } else { Err(parser.expected("`.`, `[` or the end")) }
}

struct Parser<'t, 'l> {
    lexer: Lexer<'t>,
    /// The word that is looked at.
    word: Word<'t>,
    /// Where it starts.
    start: usize,
    grammar: Grammar,
    limits: &'l PatternLimits,
    depth: usize,
    nodes: usize,
}

impl<'t> Parser<'t, '_> {
    fn step(&mut self) -> Result<Word<'t>, PatternError> {
        let (start, word) = self.lexer.next()?;
        self.start = start;
        Ok(std::mem::replace(&mut self.word, word))
    }

    fn error(&self, problem: Problem) -> PatternError {
        self.lexer.error(self.start, problem)
    }

    fn expected(&self, wanted: &'static str) -> PatternError {
        self.error(Problem::Expected { wanted, found: self.word.found() })
    }

    fn expect(&mut self, word: &Word<'_>, wanted: &'static str) -> Result<(), PatternError> {
        if self.word == *word { self.step().map(drop) } else { Err(self.expected(wanted)) }
    }

    fn is(&self, keyword: Keyword) -> bool {
        self.word == Word::Keyword(keyword)
    }

    fn count(&mut self) -> Result<(), PatternError> {
        self.nodes += 1;
        if self.nodes > self.limits.nodes_max { Err(self.error(Problem::Count)) } else { Ok(()) }
    }

    /// What stands in parentheses or brackets that are open already.
    fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, PatternError>,
        close: &Word<'_>,
        wanted: &'static str,
    ) -> Result<T, PatternError> {
        self.depth += 1;
        if self.depth > self.limits.depth_max {
            return Err(self.error(Problem::Depth));
        }
        self.step()?;
        let inner = read(self)?;
        self.depth -= 1;
        self.expect(close, wanted)?;
        Ok(inner)
    }

    /// One or more of something between the same keyword.
    fn joined<T>(
        &mut self,
        keyword: Keyword,
        read: fn(&mut Self) -> Result<T, PatternError>,
        join: fn(Vec<T>) -> T,
    ) -> Result<T, PatternError> {
        let first = read(self)?;
        if !self.is(keyword) {
            return Ok(first);
        }
        self.count()?;
        let mut all = vec![first];
        while self.is(keyword) {
            self.step()?;
            all.push(read(self)?);
        }
        Ok(join(all))
    }

    fn followed_by(&mut self) -> Result<Observations, PatternError> {
        self.joined(Keyword::FollowedBy, Self::observations_or, Observations::FollowedBy)
    }

    fn observations_or(&mut self) -> Result<Observations, PatternError> {
        self.joined(Keyword::Or, Self::observations_and, Observations::Or)
    }

    fn observations_and(&mut self) -> Result<Observations, PatternError> {
        self.joined(Keyword::And, Self::qualified, Observations::And)
    }

    fn qualified(&mut self) -> Result<Observations, PatternError> {
        self.count()?;
        let inner = match self.word {
            Word::OpenBracket => Observations::Simple(self.nested(
                Self::comparisons_or,
                &Word::CloseBracket,
                "AND, OR or `]`",
            )?),
            Word::Open => {
                self.nested(Self::followed_by, &Word::Close, "a qualifier, AND, OR, FOLLOWEDBY or `)`")?
            }
            _ => return Err(self.expected("`[` or `(`")),
        };
        let mut qualifiers = Vec::new();
        loop {
            let start = self.start;
            let qualifier = match self.word {
                Word::Keyword(Keyword::Within) => self.within()?,
                Word::Keyword(Keyword::Repeats) => self.repeats()?,
                Word::Keyword(Keyword::Start) => self.start_stop()?,
                _ => break,
            };
            self.count()?;
            let kind = std::mem::discriminant(&qualifier);
            if qualifiers.iter().any(|other| std::mem::discriminant(other) == kind) {
                return Err(self.lexer.error(start, Problem::Qualifier));
            }
            qualifiers.push(qualifier);
        }
        Ok(if qualifiers.is_empty() { inner } else { Observations::Qualified(Box::new(inner), qualifiers) })
    }

    fn within(&mut self) -> Result<Qualifier, PatternError> {
        self.step()?;
        #[expect(clippy::cast_precision_loss, reason = "a window of 2^53 seconds is one for ever")]
        let seconds = match self.word {
            Word::Integer(seconds) => seconds as f64,
            Word::Float(seconds) => seconds,
            _ => return Err(self.expected("a number of seconds above zero")),
        };
        if seconds <= 0.0 {
            return Err(self.expected("a number of seconds above zero"));
        }
        self.step()?;
        self.expect(&Word::Keyword(Keyword::Seconds), "SECONDS")?;
        Ok(Qualifier::Within(seconds))
    }

    fn repeats(&mut self) -> Result<Qualifier, PatternError> {
        self.step()?;
        let times = match self.word {
            Word::Integer(times) if times > 0 => times,
            _ => return Err(self.expected("a number of times above zero")),
        };
        let times = u32::try_from(times).ok().filter(|times| *times <= self.limits.repeats_max);
        let times = times.ok_or_else(|| self.error(Problem::Repeats))?;
        self.step()?;
        self.expect(&Word::Keyword(Keyword::Times), "TIMES")?;
        Ok(Qualifier::Repeats(times))
    }

    fn start_stop(&mut self) -> Result<Qualifier, PatternError> {
        self.step()?;
        let from = self.moment()?;
        self.expect(&Word::Keyword(Keyword::Stop), "STOP")?;
        let until = self.moment()?;
        Ok(Qualifier::StartStop(from, until))
    }

    fn moment(&mut self) -> Result<Timestamp, PatternError> {
        let moment = match (&self.word, self.grammar) {
            (Word::Timestamp(moment), _) => *moment,
            (Word::Text(text), Grammar::V20) => {
                lexer::timestamp(text).ok_or_else(|| self.error(Problem::Timestamp))?
            }
            _ => return Err(self.expected("a timestamp constant")),
        };
        self.step()?;
        Ok(moment)
    }
}
