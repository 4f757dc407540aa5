import { describe, expect, it } from "vitest";
import {
  compare,
  counts,
  failure,
  parse,
  type Result,
  readHarness,
  readJunit,
  withReports,
  write,
} from "../../real/upstream-tests/results.js";

const result = (test: string, outcome: Result["outcome"], note = "", suite = "unit"): Result => ({
  suite,
  test,
  outcome,
  note,
});
const pass = (test: string) => result(test, "pass");
const fail = (test: string) => result(test, "fail");

// The form of file_test_runner's LogReporter, with what the test server prints between.
const LOG = `test_server starting...
ready: ws

     Running unit

test unit::url_test ... \u001b[0m\u001b[1m\u001b[32mok\u001b[0m \u001b[38;5;245m(812ms)\u001b[0m
test unit::tty_test has been running for more than 60 seconds
test unit::fetch_test ... upstream connection closed
fail (95011ms)
test unit::internet::test-http.mjs ... ignored
test unit::crypto::sign_test ... fail (300001ms)

failures:

---- unit::fetch_test ----
test elsewhere ... ok (3ms)
error: Uncaught TypeError: nothing there
Test file: /tree/tests/unit/fetch_test.ts

---- unit::crypto::sign_test ----
Test unit::crypto::sign_test failed to complete in time
Test file: /tree/tests/unit/crypto/sign_test.ts

failed tests:
    unit::fetch_test
    unit::crypto::sign_test
`;

describe("the harness's log", () => {
  it("gives each test's outcome, and why it failed", () => {
    expect(readHarness("unit", LOG)).toEqual([
      pass("url_test"),
      result("fetch_test", "fail", "error: Uncaught TypeError: nothing there"),
      result("internet::test-http.mjs", "ignored"),
      result("crypto::sign_test", "timeout"),
    ]);
  });

  it("says that a suite did not come to its end", () => {
    const cut = LOG.slice(0, LOG.indexOf("\nfailures:"));
    expect(readHarness("unit", cut).at(-1)).toEqual(result("(the suite)", "timeout", "it did not come to its end"));
    const part = "     Running unit\n\ntest unit::a ... ok (1ms)\n\n1 tests passed\n\n";
    expect(readHarness("unit", part)).toEqual([pass("a")]);
    const second = "     Running unit\n\ntest unit::b ... ok (1ms)\n";
    expect(readHarness("unit", part + second).map((one) => one.test)).toEqual(["a", "b", "(the suite)"]);
  });
});

describe("a failure's text", () => {
  it.each([
    [
      "error: Import 'https://deno.land/x/a.ts' failed: dns error: failed to lookup address information",
      "needs another host",
    ],
    ["error: Could not find /tree/target/debug/denort", "needs denort"],
  ])("tells what is not there: %s", (output, note) => {
    expect(failure(output)).toEqual({ outcome: "unable", note });
  });

  it("is a failure where it tells nothing of the kind", () => {
    expect(failure("\n  AssertionError: Values are not equal.\n")).toEqual({
      outcome: "fail",
      note: "AssertionError: Values are not equal.",
    });
  });
});

describe("JUnit's report", () => {
  const XML = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="4" failures="1" errors="0" time="1.0">
  <testsuite name="./tests/unit/a_test.ts" tests="4" disabled="1" errors="0" failures="1">
    <testcase name="reads &lt;a&gt; &amp; &quot;b&quot;" classname="./tests/unit/a_test.ts" time="0.1" line="1" col="6">
    </testcase>
    <testcase name="twice" classname="c" time="0.1"/>
    <testcase name="twice" classname="c" time="0.1">
      <failure message="Uncaught error">Error: at &#x27;here&#x27;</failure>
    </testcase>
    <testcase name="left out [ 2026-11-24T13:01:40.891Z ]" classname="c" time="0"><skipped/></testcase>
    <testcase name="never begun" classname="c" time="0.000" line="1184" col="6">
        <error message="Cancelled"/>
    </testcase>
  </testsuite>
</testsuites>`;

  it("gives the tests in a file, and tells two of one name apart", () => {
    const results = readJunit("unit", "a_test", XML);
    expect(results.map((one) => [one.test, one.outcome])).toEqual([
      ['a_test: reads <a> & "b"', "pass"],
      ["a_test: twice", "pass"],
      ["a_test: twice #2", "fail"],
      ["a_test: left out [ TIME ]", "ignored"],
      ["a_test: never begun", "unable"],
    ]);
    expect(results[2]?.note).toBe("Error: at 'here'");
  });

  it("takes a file's place only where it tells what failed", () => {
    const reports = new Map([
      ["good", [pass("good: a")]],
      ["bad", [pass("bad: a"), fail("bad: b")]],
      ["leaks", [pass("leaks: a")]],
      ["ended", [pass("ended: a"), result("ended: b", "unable", "cancelled")]],
    ]);
    expect(withReports([pass("good"), fail("bad"), fail("leaks"), fail("ended"), fail("crashed")], reports)).toEqual([
      pass("good: a"),
      pass("bad: a"),
      fail("bad: b"),
      pass("leaks: a"),
      fail("leaks"),
      pass("ended: a"),
      result("ended: b", "unable", "cancelled"),
      fail("ended"),
      fail("crashed"),
    ]);
  });
});

describe("two binaries", () => {
  it("differ in a test that fails, is missing or cannot run on one of them", () => {
    const official = [pass("a"), pass("b"), pass("c"), pass("d")];
    const built = [pass("a"), fail("b"), result("d", "unable", "needs another host")];
    expect(compare([official], [built]).different).toEqual([
      { suite: "unit", test: "b", sides: [["pass"], ["fail"]], note: "" },
      { suite: "unit", test: "c", sides: [["pass"], ["absent"]], note: "" },
      { suite: "unit", test: "d", sides: [["pass"], ["unable"]], note: "needs another host" },
    ]);
  });

  it("do not differ in a test whose outcome changes from run to run of one", () => {
    const { different, unsteady } = compare([[pass("a")], [fail("a")]], [[fail("a")]]);
    expect(different).toEqual([]);
    expect(unsteady).toEqual([{ suite: "unit", test: "a", sides: [["pass", "fail"], ["fail"]], note: "" }]);
  });

  it("are compared in the suites that both have run", () => {
    const specs = result("run::a", "pass", "", "specs");
    expect(compare([[pass("a"), specs]], [[pass("a")]])).toEqual({ different: [], unsteady: [] });
  });
});

describe("results", () => {
  it("are read as they were written", () => {
    const results = [pass("a"), result("b: c", "fail", "error: x\n\ty")];
    expect(parse(write(results))).toEqual([pass("a"), result("b: c", "fail", "error: x y")]);
    expect(() => parse("suite\ttest\toutcome\tnote\nunit\ta\tgood\t\n")).toThrow("line 2 is no result: unit\ta\tgood");
  });

  it("are counted for each suite, and what cannot run by what it lacks", () => {
    const lacking = result("c", "unable", "needs denort");
    expect(counts([pass("a"), fail("b"), lacking])).toEqual([
      "unit: 3 tests, 1 pass, 1 fail, 0 timeout, 1 unable, 0 ignored",
      "  1 unable: needs denort",
    ]);
  });
});
