//! In which ways can a pattern come true? Every OR between observations multiplied out, what is left as an order of leaves.
//! (STIX 2.1 section 9.5)

use stix::{
    Timestamp,
    pattern::{Observations, Pattern, Qualifier},
};

use crate::{
    CompileError, MatcherLimits, Observation,
    formula::Formula,
    reference::{nanoseconds, since_epoch},
};

/// Which leaf of a pattern: an observation expression in brackets.
pub(crate) type LeafNumber = u16;

/// A pattern, ready to run.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) leaves: Vec<Formula>,
    pub(crate) alternatives: Vec<Alternative>,
}

/// One way to come true.
#[derive(Debug, Clone)]
pub(crate) enum Alternative {
    /// One observation does.
    Instant(Use),
    /// So many observations of one kind do, in less than so many nanoseconds if that matters.
    Count(Use, Option<i128>),
    /// Observations of several kinds do.
    Ordered(Order),
}

/// A leaf in one place of a pattern.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Use {
    pub(crate) leaf: LeafNumber,
    /// How many observations are needed.
    pub(crate) need: u32,
    /// From where to where an observation has to lie, the end excluded.
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    /// In less than how many nanoseconds each observation alone has to lie.
    span: Option<i128>,
}

impl Use {
    /// Whether the observation's times fit.
    pub(crate) fn takes(&self, first: Timestamp, last: Timestamp) -> bool {
        self.from.is_none_or(|from| first >= from)
            && self.until.is_none_or(|until| last < until)
            && self.span.is_none_or(|span| since_epoch(last) - since_epoch(first) < span)
    }

    /// Whether an observation does alone.
    pub(crate) fn takes_observation(&self, observation: &Observation) -> bool {
        self.takes(observation.first, observation.last)
    }
}

/// Leaves with what has to come before what, and within which time.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Order {
    pub(crate) uses: Vec<Use>,
    /// For each use, a bit for each use that has to be complete by then.
    pub(crate) before: Vec<u32>,
    pub(crate) windows: Vec<Window>,
}

/// A WITHIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    /// A bit for each use inside.
    pub(crate) members: u32,
    pub(crate) nanoseconds: i128,
}

/// What is left of an expression when ORs are multiplied out.
#[derive(Debug, Clone)]
enum Node {
    Leaf(Use),
    All(Vec<Self>),
    Then(Vec<Self>),
    Within(Box<Self>, i128),
}

impl Plan {
    pub(crate) fn new(pattern: &Pattern, limits: &MatcherLimits) -> Result<Self, CompileError> {
        let mut planner = Planner { leaves: Vec::new(), limits };
        let nodes = planner.expand(&pattern.root)?;
        let is_too_long = |node: &Node| match node {
            // These are counted, not gone through.
            Node::Leaf(_) => false,
            Node::Within(inner, _) if matches!(**inner, Node::Leaf(_)) => false,
            node @ (Node::All(_) | Node::Then(_) | Node::Within(..)) => node.stages() > limits.partials_max,
        };
        if nodes.iter().any(is_too_long) {
            return Err(CompileError::Stages);
        }
        let alternatives = nodes.into_iter().map(alternative).collect::<Result<_, _>>()?;
        Ok(Self { leaves: planner.leaves, alternatives })
    }
}

fn alternative(node: Node) -> Result<Alternative, CompileError> {
    Ok(match node {
        Node::Leaf(own) if own.need == 1 => Alternative::Instant(own),
        Node::Leaf(own) => Alternative::Count(own, None),
        Node::Within(inner, nanoseconds) if matches!(&*inner, Node::Leaf(_)) => match *inner {
            Node::Leaf(own) => Alternative::Count(own, Some(nanoseconds)),
            Node::All(_) | Node::Then(_) | Node::Within(..) => return Err(CompileError::Joined),
        },
        node @ (Node::All(_) | Node::Then(_) | Node::Within(..)) => {
            let mut order = Order::default();
            order.lay_out(node, 0);
            Alternative::Ordered(order)
        }
    })
}

impl Order {
    /// Lays out a node of which everything in `before` comes first; gives the uses in it.
    fn lay_out(&mut self, node: Node, before: u32) -> u32 {
        match node {
            Node::Leaf(own) => {
                let bit = 1 << self.uses.len();
                self.uses.push(own);
                self.before.push(before);
                bit
            }
            Node::All(nodes) => nodes.into_iter().fold(0, |all, node| all | self.lay_out(node, before)),
            Node::Then(nodes) => {
                nodes.into_iter().fold(0, |all, node| all | self.lay_out(node, before | all))
            }
            Node::Within(inner, nanoseconds) => {
                let members = self.lay_out(*inner, before);
                self.windows.push(Window { members, nanoseconds });
                members
            }
        }
    }
}

impl Node {
    fn uses(&self) -> usize {
        match self {
            Self::Leaf(_) => 1,
            Self::All(nodes) | Self::Then(nodes) => nodes.iter().map(Self::uses).sum(),
            Self::Within(inner, _) => inner.uses(),
        }
    }

    /// How many different stages a partial match can be in.
    fn stages(&self) -> usize {
        match self {
            Self::Leaf(own) => usize::try_from(own.need).unwrap_or(usize::MAX).saturating_add(1),
            Self::All(nodes) => nodes.iter().map(Self::stages).fold(1, usize::saturating_mul),
            Self::Then(nodes) => nodes.iter().map(|node| node.stages() - 1).fold(1, usize::saturating_add),
            Self::Within(inner, _) => inner.stages(),
        }
    }

    fn each_use(&mut self, change: &impl Fn(&mut Use)) {
        match self {
            Self::Leaf(own) => change(own),
            Self::All(nodes) | Self::Then(nodes) => nodes.iter_mut().for_each(|node| node.each_use(change)),
            Self::Within(inner, _) => inner.each_use(change),
        }
    }

    /// WITHIN around a node; around a single observation it is a condition on that alone.
    fn within(self, nanoseconds: i128) -> Self {
        match self {
            Self::Leaf(mut own) if own.need == 1 => {
                own.span = Some(own.span.map_or(nanoseconds, |span| span.min(nanoseconds)));
                Self::Leaf(own)
            }
            Self::Within(inner, other) => Self::Within(inner, other.min(nanoseconds)),
            node @ (Self::Leaf(_) | Self::All(_) | Self::Then(_)) => {
                Self::Within(Box::new(node), nanoseconds)
            }
        }
    }
}

struct Planner<'l> {
    leaves: Vec<Formula>,
    limits: &'l MatcherLimits,
}

impl Planner<'_> {
    /// The alternatives of an expression.
    fn expand(&mut self, expression: &Observations) -> Result<Vec<Node>, CompileError> {
        match expression {
            Observations::Simple(comparisons) => {
                self.leaf(Formula::new(comparisons, self.limits)?).map(|leaf| vec![leaf])
            }
            Observations::Or(all) => self.either(all),
            Observations::And(all) => self.joined(all, Node::All),
            Observations::FollowedBy(all) => self.joined(all, Node::Then),
            Observations::Qualified(inner, qualifiers) => {
                let nodes = self.expand(inner)?;
                qualifiers.iter().try_fold(nodes, |nodes, qualifier| self.qualified(nodes, *qualifier))
            }
        }
    }

    fn leaf(&mut self, formula: Formula) -> Result<Node, CompileError> {
        let leaf = LeafNumber::try_from(self.leaves.len()).map_err(|_| CompileError::Joined)?;
        self.leaves.push(formula);
        Ok(Node::Leaf(Use { leaf, need: 1, from: None, until: None, span: None }))
    }

    /// Operands that are one observation each are one leaf: `[a] OR [b]` says what `[a OR b]` says.
    fn either(&mut self, all: &[Observations]) -> Result<Vec<Node>, CompileError> {
        let (mut simple, mut nodes) = (Vec::new(), Vec::new());
        for one in all {
            if let Observations::Simple(comparisons) = one {
                simple.push(Formula::new(comparisons, self.limits)?);
            } else {
                nodes.append(&mut self.expand(one)?);
            }
        }
        match (simple.len(), simple.pop()) {
            (0, _) | (_, None) => {}
            (1, Some(formula)) => nodes.push(self.leaf(formula)?),
            (_, Some(formula)) => {
                simple.push(formula);
                nodes.push(self.leaf(Formula::Or(simple))?);
            }
        }
        self.checked(nodes)
    }

    fn joined(
        &mut self,
        all: &[Observations],
        join: fn(Vec<Node>) -> Node,
    ) -> Result<Vec<Node>, CompileError> {
        let mut lists: Vec<Vec<Node>> = vec![Vec::new()];
        for one in all {
            let nodes = self.expand(one)?;
            if lists.len().saturating_mul(nodes.len()) > self.limits.alternatives_max {
                return Err(CompileError::Alternatives);
            }
            let longer = |list: &Vec<Node>| -> Vec<Vec<Node>> {
                nodes.iter().map(|node| list.iter().chain([node]).cloned().collect()).collect()
            };
            lists = lists.iter().flat_map(longer).collect();
        }
        self.checked(lists.into_iter().map(join).collect())
    }

    fn checked(&self, nodes: Vec<Node>) -> Result<Vec<Node>, CompileError> {
        if nodes.len() > self.limits.alternatives_max {
            return Err(CompileError::Alternatives);
        }
        // The bits of `Order` are 32.
        if nodes.iter().any(|node| node.uses() > self.limits.joined_max.min(32)) {
            return Err(CompileError::Joined);
        }
        Ok(nodes)
    }

    fn qualified(&mut self, mut nodes: Vec<Node>, qualifier: Qualifier) -> Result<Vec<Node>, CompileError> {
        match qualifier {
            Qualifier::Within(seconds) => {
                Ok(nodes.into_iter().map(|node| node.within(nanoseconds(seconds))).collect())
            }
            Qualifier::StartStop(from, until) => {
                let narrow = |own: &mut Use| {
                    own.from = Some(own.from.map_or(from, |own| own.max(from)));
                    own.until = Some(own.until.map_or(until, |own| own.min(until)));
                };
                for node in &mut nodes {
                    node.each_use(&narrow);
                }
                Ok(nodes)
            }
            Qualifier::Repeats(times) => self.repeated(&nodes, times),
        }
    }

    /// As often as asked for, each time by any of the alternatives, whose order does not matter.
    fn repeated(&self, nodes: &[Node], times: u32) -> Result<Vec<Node>, CompileError> {
        if times == 1 {
            return Ok(nodes.to_vec());
        }
        if let [Node::Leaf(own)] = nodes {
            let need = own.need.checked_mul(times).filter(|need| *need <= self.limits.pattern.repeats_max);
            return Ok(vec![Node::Leaf(Use { need: need.ok_or(CompileError::Repeats)?, ..own.clone() })]);
        }
        let mut choices: Vec<(usize, Vec<Node>)> = vec![(0, Vec::new())];
        for turn in 0..times {
            if usize::try_from(turn).unwrap_or(usize::MAX) >= self.limits.joined_max {
                return Err(CompileError::Joined);
            }
            let mut longer = Vec::new();
            for (from, list) in &choices {
                for (at, node) in nodes.iter().enumerate().skip(*from) {
                    longer.push((at, list.iter().chain([node]).cloned().collect()));
                }
                if longer.len() > self.limits.alternatives_max {
                    return Err(CompileError::Alternatives);
                }
            }
            choices = longer;
        }
        self.checked(choices.into_iter().map(|(_, list)| Node::All(list)).collect())
    }
}
