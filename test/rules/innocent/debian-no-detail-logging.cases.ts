import { debianNoDetailLogging } from '../../../src/rules/innocent/debian-no-detail-logging.ts';
import { changeProcess, healthy, names, situation, stopped } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: debianNoDetailLogging,
  fires: [],
  silent: [
    { name: 'healthy', model: healthy(), reason: /n1, n2 and n3 runs without -D/ },
    {
      name: 'detail everywhere',
      model: situation(...names.map((name) => changeProcess(name, { commandLine: ['keepalived', '-nD'] }))),
      reason: /every keepalived logs in detail/,
    },
  ],
  unjudged: [
    {
      name: 'nothing runs',
      model: situation(...names.map((name) => stopped(name))),
      reason: /no command line/,
    },
  ],
};
