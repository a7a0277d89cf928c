// The accept: section of vipdoctor.yaml: what may stand there, and how each mistake is told with its line.
import { describe, expect, it } from 'vitest';
import { readAcceptances, readDay } from '../../src/inventory/acceptances.ts';

const known = ['rp-filter-drop', 'no-master', 'equal-priorities'];
const read = (text: string) => readAcceptances({ path: 'vipdoctor.yaml', text }, known);
const complaints = (text: string): readonly string[] =>
  read(text).problems.map(({ line, message }) => `${line ?? '-'}: ${message}`);

describe('what is accepted', () => {
  it('is read with its place', () => {
    const text = `nodes: [n1, n2]
accept:
  - rule: rp-filter-drop
    nodes: n2
    vrid: 51
    vip: 10.0.0.5/24
    reason: ticket OPS-12
    expires: 2027-03-31
  - {rule: no-master, nodes: [n1, n2], vip: "FE80:0::5", reason: a, expires: "2027-01-01T23:30:00-05:00"}
`;
    expect(read(text)).toEqual({
      problems: [],
      acceptances: [
        {
          rule: 'rp-filter-drop',
          nodes: ['n2'],
          vrid: 51,
          vip: '10.0.0.5',
          reason: 'ticket OPS-12',
          expires: '2027-03-31',
          file: 'vipdoctor.yaml',
          line: 3,
        },
        {
          rule: 'no-master',
          nodes: ['n1', 'n2'],
          vip: 'fe80::5',
          reason: 'a',
          expires: '2027-01-02',
          file: 'vipdoctor.yaml',
          line: 9,
        },
      ],
    });
  });

  it.each(['', '# nothing yet\n', 'accept:\n', 'accept: []\n', 'nodes: [n1]\n'])('%j is nothing', (text) => {
    expect(read(text)).toEqual({ acceptances: [], problems: [] });
  });

  it.each([
    [
      'accept:\n  - rule: no-master\n    expires: 2027-01-01\n',
      ['2: acceptance 1 has no reason: say why it is accepted'],
    ],
    [
      'accept:\n  - rule: no-master\n    reason: "  "\n    expires: 2027-01-01\n',
      ['3: acceptance 1 has no reason: say why it is accepted'],
    ],
    [
      'accept:\n  - rule: no-master\n    reason: x\n',
      ['2: acceptance 1 has no expires: say until which day it holds, e.g. 2027-03-31'],
    ],
    [
      'accept:\n  - reason: x\n    expires: 2027-01-01\n',
      ['2: acceptance 1 has no rule: name the rule it accepts, as "vipdoctor explain" lists them'],
    ],
    [
      'accept:\n  - rule: rp-filter-dorp\n    reason: x\n    expires: 2027-01-01\n',
      ['2: there is no rule "rp-filter-dorp": did you mean rp-filter-drop?'],
    ],
    [
      'accept:\n  - rule: zzz\n    reason: x\n    expires: 2027-01-01\n',
      ['2: there is no rule "zzz": "vipdoctor explain" lists them'],
    ],
    [
      'accept:\n  - rule: no-master\n    reason: x\n    expires: 2027-02-30\n',
      ['4: expires is a day such as 2027-03-31, not "2027-02-30"'],
    ],
    [
      'accept:\n  - rule: no-master\n    reason: x\n    until: 2027-01-01\n    expires: 2027-01-01\n',
      ['4: unknown key "until" in accept.0: did you mean expires?'],
    ],
    [
      'accept:\n  - rule: no-master\n    node: n1\n    reason: x\n    expires: 2027-01-01\n',
      ['3: unknown key "node" in accept.0: did you mean nodes?'],
    ],
    [
      'accept:\n  - rule: no-master\n    vip: ten\n    reason: x\n    expires: 2027-01-01\n',
      ['3: vip is an address, not "ten"'],
    ],
    [
      'accept:\n  - rule: no-master\n    vrid: all\n    reason: x\n    expires: 2027-01-01\n',
      ['3: acceptance 1: vrid is a number from 1 to 255'],
    ],
    ['acept:\n  - rule: no-master\n', ['1: unknown key "acept": did you mean accept?']],
    ['accept:\n  rule: no-master\n', ['1: accept is a list: each entry begins with "- rule:"']],
    [
      'accept:\n\t- rule: x\n',
      ['2: Tabs are not allowed as indentation: YAML is indented with blanks, not tabs'],
    ],
    ['- a\n- b\n', ['-: the file must be a map with nodes or accept']],
  ])('%j is told', (text, expected) => {
    expect(complaints(text)).toEqual(expected);
  });
});

describe('a day', () => {
  it.each([
    ['2027-03-31', '2027-03-31'],
    ['2028-02-29', '2028-02-29'],
    ['2027-03-31T00:30:00+02:00', '2027-03-30'],
    ['2027-03-31 10:00Z', '2027-03-31'],
    ['2027-02-29', undefined],
    ['2027-3-1', undefined],
    ['31.03.2027', undefined],
    ['03/31/2027', undefined],
    ['2027-03-31T10:00', undefined],
    ['tomorrow', undefined],
    ['', undefined],
  ])('%j is %s', (written, day) => {
    expect(readDay(written)).toBe(day);
  });
});
