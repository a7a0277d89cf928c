// Innocent: checksums other programs call wrong. Never a finding.
import { clear, defineRule, notEvaluated } from '../rule.ts';

export const badChecksumFalseAlarm = defineRule({
  id: 'bad-checksum-false-alarm',
  severity: 'low',
  needs: ['adverts'],
  title: 'A checksum another program calls wrong was counted again',
  why: 'Some releases of Wireshark misjudge VRRPv3 checksums, and a sender with offload shows wrong TCP sums in its own capture. What counts is the sum over the advert as it arrived.',
  proof: 'The checksum of every advert is counted anew in every variant that is in use.',
  remedy: 'Nothing to mend.',
  sources: ['keepalived issue 1490', 'RFC 9568 §5.2.8'],
  explains: [],
  check: ({ adverts }) => {
    if (adverts.streams.length === 0) return notEvaluated('no advert was heard');
    const count = (which: 'good' | 'bad'): number =>
      adverts.streams
        .filter(({ checksum }) => checksum.startsWith(which))
        .reduce((sum, stream) => sum + stream.count, 0);
    return clear(
      `${count('good')} adverts were heard with a right checksum, ${count('bad')} with a wrong one`,
    );
  },
});
