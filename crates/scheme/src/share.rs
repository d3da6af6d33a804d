//! How is a pool divided so that the parts make the whole, to the fen?

use crate::plan::Refused;

/// One who shares: weights of any kind, and the least and most it may get. Amounts in fen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sharer {
    /// Its id; ties go to the smaller.
    pub id: String,
    /// A weight for each kind.
    pub weights: Vec<i64>,
    /// Least it gets.
    pub floor: i64,
    /// Most it gets.
    pub ceiling: Option<i64>,
}

/// Divides `pool` by weights: each kind of weight is normalised first, then mixed by `mix`, then cut to the fen; the
/// fen that remain go to the largest remainders, ties by id. Floors are kept first; ceilings send the rest on.
///
/// # Errors
/// `pool-too-small-for-floors`, `no-weight`, `negative-weight` or `pool-does-not-fit-ceilings`.
pub fn divide(pool: i64, mix: &[i64], sharers: &[Sharer]) -> Result<Vec<i64>, Refused> {
    if pool < 0 || sharers.iter().any(|s| s.weights.iter().any(|w| *w < 0)) {
        return Err(Refused::new(
            "negative-weight",
            "分配额与权重不能为负",
            "a pool and its weights are not below zero",
        ));
    }
    let floors: i64 = sharers.iter().map(|s| s.floor).sum();
    if floors > pool {
        let (zh, en) = ("各方保底之和大于分配总额", "the floors are more than the pool");
        return Err(Refused::new("pool-too-small-for-floors", zh, en));
    }
    let mut paid: Vec<Option<i64>> = vec![None; sharers.len()];
    loop {
        let open: Vec<usize> = (0..sharers.len()).filter(|n| paid[*n].is_none()).collect();
        let fixed: i64 = paid.iter().flatten().sum();
        if open.is_empty() {
            return finish(pool, paid);
        }
        let parts = remainders(pool - fixed, mix, sharers, &open)?;
        // Whoever would fall below its floor is fixed there; when nobody does, whoever passes its ceiling.
        let below: Vec<usize> = (0..open.len()).filter(|n| parts[*n] < sharers[open[*n]].floor).collect();
        let above = |n: &usize| sharers[open[*n]].ceiling.is_some_and(|ceiling| parts[*n] > ceiling);
        let over: Vec<usize> = (0..open.len()).filter(above).collect();
        if below.is_empty() && over.is_empty() {
            for (n, part) in open.iter().zip(parts) {
                paid[*n] = Some(part);
            }
            return finish(pool, paid);
        }
        for n in if below.is_empty() { &over } else { &below } {
            let sharer = &sharers[open[*n]];
            paid[open[*n]] = Some(if below.is_empty() { sharer.ceiling.unwrap_or(0) } else { sharer.floor });
        }
    }
}

fn finish(pool: i64, paid: Vec<Option<i64>>) -> Result<Vec<i64>, Refused> {
    let paid: Vec<i64> = paid.into_iter().map(|part| part.unwrap_or(0)).collect();
    if paid.iter().sum::<i64>() == pool {
        return Ok(paid);
    }
    let (zh, en) = ("上下限使分配总额无法分完", "with these floors and ceilings the parts do not make the pool");
    Err(Refused::new("pool-does-not-fit-ceilings", zh, en))
}

/// Largest remainder over the open ones, in whole numbers: the weight of one is Σ mix × weight × (product of the other
/// kinds' sums), so that nothing is divided before the end.
fn remainders(pool: i64, mix: &[i64], sharers: &[Sharer], open: &[usize]) -> Result<Vec<i64>, Refused> {
    let too_large = || Refused::new("may-overflow", "权重过大", "the weights are too large");
    let sums: Vec<i128> =
        (0..mix.len()).map(|k| open.iter().map(|n| i128::from(sharers[*n].weights[k])).sum()).collect();
    let used: Vec<usize> = (0..mix.len()).filter(|k| sums[*k] > 0 && mix[*k] > 0).collect();
    if used.is_empty() {
        return Err(Refused::new("no-weight", "权重之和为零，无法分配", "all weights are zero"));
    }
    let mut weights = Vec::new();
    for n in open {
        let mut weight = 0_i128;
        for k in &used {
            let mut part = i128::from(mix[*k]).checked_mul(sharers[*n].weights[*k].into()).ok_or_else(too_large)?;
            for other in used.iter().filter(|other| *other != k) {
                part = part.checked_mul(sums[*other]).ok_or_else(too_large)?;
            }
            weight = weight.checked_add(part).ok_or_else(too_large)?;
        }
        weights.push(weight);
    }
    let all: i128 = weights.iter().sum();
    let mut parts = Vec::new();
    for (n, weight) in weights.iter().enumerate() {
        let exact = weight.checked_mul(pool.into()).ok_or_else(too_large)?;
        parts.push((n, exact / all, exact % all));
    }
    let given: i128 = parts.iter().map(|(_, part, _)| part).sum();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by(|a, b| parts[*b].2.cmp(&parts[*a].2).then_with(|| sharers[open[*a]].id.cmp(&sharers[open[*b]].id)));
    let n_more = usize::try_from(i128::from(pool) - given).map_err(|_| too_large())?;
    for n in order.into_iter().take(n_more) {
        parts[n].1 += 1;
    }
    parts.into_iter().map(|(_, part, _)| i64::try_from(part).map_err(|_| too_large())).collect()
}
