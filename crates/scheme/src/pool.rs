//! How is a scheme with a pool settled: all rows at once, because each part depends on every other.

use crate::bill::Bill;
use crate::edition::Compiled;
use crate::machine::Machine;
use crate::plan::{Line, Plan, Refused, read_plan};
use crate::share::{Sharer, divide};
use base::Date;
use pack::Catalog;

/// Plans all rows of a scheme that shares a pool; the parts of a step make the pool to the fen.
///
/// # Errors
/// The first row that is refused, or why the pool cannot be divided; then nobody is paid.
pub fn settle_pool(
    catalog: &Catalog,
    compiled: &Compiled,
    rows: &[Bill],
    on: Date,
    known_on: Date,
) -> Result<Vec<Plan>, Refused> {
    let program = compiled.on(on)?;
    let Some(pool) = &program.pool else {
        return Err(Refused::new("no-pool", "本政策没有可分配的总额", "the scheme shares no pool"));
    };
    if let Some((_, refused)) = crate::once::refusals(compiled, rows).pop_first() {
        return Err(refused);
    }
    let zeros = vec![0; program.sums.len()];
    let mut machine = Machine::with_lanes(program, 1);
    let (mut plans, mut sharers) = (Vec::new(), Vec::new());
    let (mut amount, mut mix) = (0, Vec::new());
    for bill in rows {
        let row = bill.row(catalog, program)?;
        machine.load(0, &row, &zeros);
        machine.run(1);
        plans.push(read_plan(catalog, compiled, &machine, 0, bill, &zeros, known_on)?);
        amount = machine.get(pool.pool, 0);
        mix = pool.by.iter().map(|share| machine.get(share.weight, 0)).collect();
        sharers.push(Sharer {
            id: bill.id.clone(),
            weights: pool.by.iter().map(|share| machine.get(share.by, 0)).collect(),
            floor: pool.floor.map_or(0, |reg| machine.get(reg, 0)),
            ceiling: pool.ceiling.map(|reg| machine.get(reg, 0)),
        });
    }
    let parts = divide(amount, &mix, &sharers)?;
    for (plan, part) in plans.iter_mut().zip(parts) {
        let line = &plan.lines[pool.step];
        plan.lines[pool.step] = Line { base: amount, raw: part, paid: part, ..line.clone() };
    }
    Ok(plans)
}
