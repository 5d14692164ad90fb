/* What the page says of a bias probe. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { certainty, extremes, quotedWords } from "../../assets/js/hood/bias_summary.js";

/** A row with its mean, its share and its p-value. */
const row = (attribute, mean, share, p) => ({ attribute, share, difference: { mean, low: null, high: null, p_value: p } });

test("words of a group are named by the language of the page, the first four of many", () => {
  assert.equal(quotedWords(["he", "his"])("en"), "“he”, “his”");
  assert.equal(quotedWords(["他", "男人"])("zh-CN"), "“他”、“男人”");
  assert.equal(quotedWords(["a", "b", "c", "d", "e"])("en"), "“a”, “b”, “c”, “d”…");
});

test("extremes go by the mean share where there is one, else by the difference of cosines", () => {
  const written = { rows: [row("doctor", 6, 0.56, 0.01), row("nurse", 1, 0.7, 0.9)] };
  assert.deepEqual(extremes(written), { most: "nurse", least: "doctor", high: "70%", low: "56%" });
  const compared = { rows: [row("doctor", -0.02, null, 1), row("nurse", 0.01, null, 1)] };
  assert.deepEqual(extremes(compared), { most: "nurse", least: "doctor", high: "+0.01", low: "−0.02" });
});

test("only rows that stay after the correction are called different from zero", () => {
  const rows = [row("doctor", 1, null, 0.01), row("nurse", 1, null, 0.2)];
  const { key, values } = certainty({ templates: 8, rows });
  assert.equal(key, "hood.bias.certain.some");
  assert.equal(values.names("en"), "doctor");
  assert.equal(certainty({ templates: 8, rows: rows.slice(1) }).key, "hood.bias.certain.none");
  assert.equal(certainty({ templates: 2, rows: [row("doctor", 1, null, null)] }).key, "hood.bias.certain.few");
});
