//! Are the probabilities learnt those by which the people were made, and the same on any number of threads?
#![allow(clippy::unwrap_used)]

use identity::{Block, COLUMNS, Comparison, Key, Level, Matcher, Model, Pair, People, Spec, Take, residents};

/// Columns, how many values each has, and how often two records of one person agree in it.
type Columns = [(&'static str, usize, f64); 4];
/// Many values, so that chance hardly disturbs what is learnt.
const FINE: Columns = [("a", 400, 0.95), ("b", 300, 0.9), ("c", 200, 0.8), ("d", 60, 0.97)];
/// Few values, so that many pairs are doubtful.
const COARSE: Columns = [("a", 400, 0.95), ("b", 300, 0.9), ("c", 50, 0.8), ("d", 12, 0.97)];
const PEOPLE: usize = 6_000;
const DUPLICATES: usize = 1_500;

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }

    fn share(&mut self) -> f64 {
        self.below(1_000_000) as f64 / 1e6
    }
}

/// People whose columns are drawn independently, and second records of some of them.
fn made(columns: &Columns, seed: u64) -> People {
    let mut random = Random(seed);
    let mut people = People::new(&columns.map(|(name, ..)| name));
    let mut all: Vec<[usize; 4]> = Vec::new();
    for n in 0..PEOPLE + DUPLICATES {
        let values = std::array::from_fn(|at| {
            let (_, n_values, m) = columns[at];
            match n.checked_sub(PEOPLE) {
                None => random.below(n_values),
                Some(first) if random.share() < m => all[first][at],
                Some(first) => (all[first][at] + 1 + random.below(n_values - 1)) % n_values,
            }
        });
        all.push(values);
        let texts = values.map(|value| format!("v{value}"));
        people.push(&format!("p{n:05}"), texts.iter().map(String::as_str));
    }
    people
}

fn spec(columns: &Columns) -> Spec {
    let block = |columns: &[&str]| -> Block {
        columns.iter().map(|column| Key { column: (*column).into(), take: Take::Whole }).collect()
    };
    let exact = |(column, ..): (&str, usize, f64)| Comparison {
        column: column.into(),
        levels: vec![Level::Exact],
        rarity: false,
        implies: Default::default(),
    };
    Spec {
        comparisons: columns.map(exact).to_vec(),
        blocks: vec![block(&["a"]), block(&["b"])],
        training: vec![block(&["a"]), block(&["b"])],
        certain: vec![block(&["a", "b", "c", "d"])],
        recall: columns.iter().map(|(.., m)| m).product(),
        n_random_pairs: 2_000_000,
    }
}

#[test]
fn what_is_learnt_is_what_the_people_were_made_by() {
    for seed in [1, 2] {
        let people = made(&FINE, seed);
        let model = Model::learn(&people, &spec(&FINE), seed).unwrap();
        let n_pairs = (people.len() * (people.len() - 1) / 2) as f64;
        let prior = DUPLICATES as f64 / n_pairs;
        assert!((model.prior / prior - 1.0).abs() < 0.1, "seed {seed}: the prior {} is near {prior}", model.prior);
        for (n, (name, n_values, m)) in FINE.into_iter().enumerate() {
            let (m_learnt, u_learnt, u) = (model.m[n][1], model.u[n][1], 1.0 / n_values as f64);
            assert!((m_learnt - m).abs() < 0.03, "seed {seed}, {name}: m {m_learnt} is near {m}");
            assert!((u_learnt / u - 1.0).abs() < 0.1, "seed {seed}, {name}: u {u_learnt} is near {u}");
            assert!((model.m[n][1] + model.m[n][2] - 1.0).abs() < 1e-6);
        }
    }
}

#[test]
fn the_probabilities_are_those_of_the_pairs() {
    let people = made(&COARSE, 3);
    let spec = spec(&COARSE);
    let model = Model::learn(&people, &spec, 3).unwrap();
    let pairs = Matcher::new(&people, &spec, &model).unwrap().pairs(0.001);
    let is_match = |pair: &Pair| pair.b as usize >= PEOPLE && pair.a as usize == pair.b as usize - PEOPLE;
    for (from, until) in [(0.05, 0.5), (0.5, 0.95), (0.95, 1.0)] {
        let within: Vec<&Pair> = pairs.iter().filter(|pair| (from..until).contains(&pair.probability())).collect();
        let expected = within.iter().map(|pair| pair.probability()).sum::<f64>() / within.len() as f64;
        let found = within.iter().filter(|pair| is_match(pair)).count() as f64 / within.len() as f64;
        assert!(
            within.len() > 50 && (found - expected).abs() < 0.12,
            "of {} pairs from {from} to {until} {found:.3} are matches, {expected:.3} were expected",
            within.len()
        );
    }
}

#[test]
fn any_number_of_threads_finds_the_same() {
    let on = |n_threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
        pool.install(|| {
            let (people, spec) = (made(&COARSE, 4), spec(&COARSE));
            let model = Model::learn(&people, &spec, 4).unwrap();
            let pairs = Matcher::new(&people, &spec, &model).unwrap().pairs(0.01);
            (model, pairs)
        })
    };
    let (model, pairs) = on(1);
    assert!(pairs.len() > 1_000, "{} pairs", pairs.len());
    for n_threads in [2, 3, 7] {
        let again = on(n_threads);
        assert_eq!(again.0, model, "{n_threads} threads");
        assert!(again.1 == pairs, "{n_threads} threads: other pairs, or another order");
    }
}

#[test]
fn residents_need_their_columns() {
    let people = People::new(&["name"]);
    let missing = Model::learn(&people, &residents(), 1).unwrap_err();
    assert_eq!(missing.to_string(), "there is no column \"birth_on\"; name one of the file's own");
}

/// Two people of one name and birthday, whose numbers therefore differ in their last characters only.
#[test]
fn what_a_number_contains_is_not_counted_again() {
    let spec = residents();
    let mut people = People::new(&COLUMNS);
    let mut random = Random(5);
    for n in 0..4_000 {
        let born = format!("19{:02}{:02}{:02}", 30 + random.below(60), 1 + random.below(12), 1 + random.below(28));
        let (name, serial) = (format!("n{}", random.below(900)), random.below(1_000));
        let check = random.below(10);
        let number = |check: usize| format!("519900{born}{serial:03}{check}");
        let (first, slipped) = (number(check), number((check + 1 + n / 20 % 9) % 10));
        people.push(&format!("r{n}"), [name.as_str(), born.as_str(), "1", "", "", first.as_str()]);
        if n % 10 == 0 {
            let second = if n % 20 == 0 { slipped.as_str() } else { first.as_str() };
            people.push(&format!("r{n}a"), [name.as_str(), born.as_str(), "1", "", "", second]);
        }
    }
    people.push("x", ["n1000", "19500312", "1", "", "", "519900195003120050"]);
    people.push("y", ["n1000", "19500312", "1", "", "", "519900195003120071"]);
    let model = Model::learn(&people, &spec, 1).unwrap();
    let matcher = Matcher::new(&people, &spec, &model).unwrap();
    let pairs = matcher.pairs(1e-6);
    let at = |id: &str| people.ids.iter().position(|known| known == id).unwrap() as u32;
    let namesakes = pairs.iter().find(|pair| (pair.a, pair.b) == (at("x"), at("y"))).unwrap();
    let weight = |pair: &Pair, column: &str| {
        matcher.reasons(pair).into_iter().find(|reason| reason.column == column).unwrap().weight
    };
    assert!(weight(namesakes, "citizen_id") > 5.0, "numbers this close are rare");
    let again = weight(namesakes, "birth_on");
    assert!(again.abs() < 1e-12, "because the birthday is the same, which is not counted again: {again}");
    let all: f64 = matcher.reasons(namesakes).iter().map(|reason| reason.weight).sum();
    assert!((namesakes.weight - model.prior_weight() - all).abs() < 1e-9, "the reasons are the weight");
    let twice = pairs.iter().find(|pair| (pair.a, pair.b) == (at("r10"), at("r10a"))).unwrap();
    assert!(twice.probability() > 0.99, "{}", twice.probability());
}
