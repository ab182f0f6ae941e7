//! Which parts does the text of a pattern have? (STIX 2.1 sections 9.5 to 9.7)
//!
//! By descent, one function per rule of the grammar. From loosest to tightest, between observations: FOLLOWEDBY, OR, AND,
//! qualifiers; inside brackets: OR, AND. Only parentheses recurse, and they are counted.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "each place takes a few kinds of word and refuses all others, of whatever kind"
)]

use super::{
    Grammar, PatternLimits,
    ast::{Comparator, Comparison, Comparisons, Constant, ObjectPath, Observations, Qualifier, Step, Test},
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
        let start = self.start;
        self.step()?;
        let from = self.moment()?;
        self.expect(&Word::Keyword(Keyword::Stop), "STOP")?;
        let until = self.moment()?;
        if from >= until {
            return Err(self.lexer.error(start, Problem::StartStop));
        }
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

    fn comparisons_or(&mut self) -> Result<Comparisons, PatternError> {
        self.joined(Keyword::Or, Self::comparisons_and, Comparisons::Or)
    }

    fn comparisons_and(&mut self) -> Result<Comparisons, PatternError> {
        self.joined(Keyword::And, Self::comparison, Comparisons::And)
    }

    fn comparison(&mut self) -> Result<Comparisons, PatternError> {
        self.count()?;
        if self.word == Word::Open {
            return self.nested(Self::comparisons_or, &Word::Close, "AND, OR or `)`");
        }
        let negated_first = self.negation()?;
        if self.is(Keyword::Exists) {
            if self.grammar == Grammar::V20 {
                return Err(self.error(Problem::Exists));
            }
            self.step()?;
            let path = self.path()?;
            return Ok(Comparisons::One(Comparison { path, negated: negated_first, test: Test::Exists }));
        }
        if negated_first {
            return Err(self.expected("EXISTS"));
        }
        let path = self.path()?;
        let negated = self.negation()?;
        let test = self.test()?;
        Ok(Comparisons::One(Comparison { path, negated, test }))
    }

    fn negation(&mut self) -> Result<bool, PatternError> {
        let negated = self.is(Keyword::Not);
        if negated {
            self.step()?;
        }
        Ok(negated)
    }

    fn test(&mut self) -> Result<Test, PatternError> {
        match self.word {
            Word::Comparator(comparator) => {
                self.step()?;
                let ordered = !matches!(comparator, Comparator::Equal | Comparator::NotEqual);
                if ordered && matches!(self.word, Word::Boolean(_)) {
                    return Err(self.expected("a constant that has an order"));
                }
                Ok(Test::Compare(comparator, self.constant()?))
            }
            Word::Keyword(Keyword::In) => {
                self.step()?;
                self.set().map(Test::In)
            }
            Word::Keyword(Keyword::Like) => self.operand().map(Test::Like),
            Word::Keyword(Keyword::Matches) => self.operand().map(Test::Matches),
            Word::Keyword(Keyword::IsSubset) => self.operand().map(Test::IsSubset),
            Word::Keyword(Keyword::IsSuperset) => self.operand().map(Test::IsSuperset),
            _ => Err(self.expected("a comparison operator")),
        }
    }

    /// The string behind an operator that takes nothing else.
    fn operand(&mut self) -> Result<String, PatternError> {
        let is_regex = self.is(Keyword::Matches);
        self.step()?;
        self.count()?;
        match &self.word {
            Word::Text(text) if is_regex && text.len() > self.limits.regex_bytes_max => {
                return Err(self.error(Problem::Regex));
            }
            Word::Text(_) => {}
            _ => return Err(self.expected("a string")),
        }
        match self.step()? {
            Word::Text(text) => Ok(text.into_owned()),
            _ => Err(self.expected("a string")),
        }
    }

    fn constant(&mut self) -> Result<Constant, PatternError> {
        self.count()?;
        if !matches!(
            self.word,
            Word::Integer(_)
                | Word::Float(_)
                | Word::Text(_)
                | Word::Boolean(_)
                | Word::Hex(_)
                | Word::Binary(_)
                | Word::Timestamp(_)
        ) {
            return Err(self.expected("a constant"));
        }
        Ok(match self.step()? {
            Word::Integer(number) => Constant::Integer(number),
            Word::Float(number) => Constant::Float(number),
            Word::Text(text) => Constant::Text(text.into_owned()),
            Word::Boolean(value) => Constant::Boolean(value),
            Word::Hex(bytes) => Constant::Hex(bytes),
            Word::Binary(bytes) => Constant::Binary(bytes),
            Word::Timestamp(moment) => Constant::Timestamp(moment),
            _ => return Err(self.expected("a constant")),
        })
    }

    fn set(&mut self) -> Result<Vec<Constant>, PatternError> {
        self.expect(&Word::Open, "`(`")?;
        let mut members = Vec::new();
        if self.word != Word::Close {
            loop {
                if members.len() >= self.limits.set_max {
                    return Err(self.error(Problem::Set));
                }
                members.push(self.constant()?);
                if self.word != Word::Comma {
                    break;
                }
                self.step()?;
            }
        }
        self.expect(&Word::Close, "`,` or `)`")?;
        Ok(members)
    }

    fn path(&mut self) -> Result<ObjectPath, PatternError> {
        let Word::Name(object_type) = self.word else {
            return Err(self.expected("an object path"));
        };
        self.step()?;
        self.expect(&Word::Colon, "`:`")?;
        let mut steps = vec![self.key()?];
        loop {
            match self.word {
                Word::Dot => {
                    self.step()?;
                    steps.push(self.key()?);
                }
                Word::OpenBracket => {
                    self.step()?;
                    steps.push(self.index()?);
                }
                _ => break,
            }
        }
        Ok(ObjectPath { object_type: object_type.to_owned(), steps })
    }

    fn key(&mut self) -> Result<Step, PatternError> {
        self.count()?;
        match &self.word {
            Word::Name(name) if name.contains('-') => return Err(self.error(Problem::Hyphen)),
            Word::Name(_) | Word::Text(_) => {}
            _ => return Err(self.expected("a property name")),
        }
        match self.step()? {
            Word::Name(name) => Ok(Step::Key(name.to_owned())),
            Word::Text(name) => Ok(Step::Key(name.into_owned())),
            _ => Err(self.expected("a property name")),
        }
    }

    fn index(&mut self) -> Result<Step, PatternError> {
        self.count()?;
        let step = match self.word {
            Word::Star => Step::Any,
            Word::Integer(index) => {
                Step::Index(u32::try_from(index).map_err(|_| self.error(Problem::Range))?)
            }
            _ => return Err(self.expected("an index or `*`")),
        };
        self.step()?;
        self.expect(&Word::CloseBracket, "`]`")?;
        Ok(step)
    }
}
