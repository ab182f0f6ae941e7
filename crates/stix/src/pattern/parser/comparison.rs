//! What is asked of one object? The part of the grammar inside brackets. (STIX 2.1 sections 9.6 and 9.7)

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "each place takes a few kinds of word and refuses all others, of whatever kind"
)]

use super::Parser;
use crate::pattern::{
    Grammar,
    ast::{Comparator, Comparison, Comparisons, Constant, ObjectPath, Step, Test},
    error::{PatternError, Problem},
    lexer::{Keyword, Word},
};

impl Parser<'_, '_> {
    pub(super) fn comparisons_or(&mut self) -> Result<Comparisons, PatternError> {
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

    pub(super) fn path(&mut self) -> Result<ObjectPath, PatternError> {
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
