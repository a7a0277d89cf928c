/**
 * Whose a test's practice cluster is: told apart by checkout, so that two suites on one machine do not meet, and by
 * subject, for every file raises its own. It raises nothing.
 */
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { ownerFrom } from '../../src/lab/names.ts';

const checkout = createHash('sha256')
  .update(fileURLToPath(new URL('../..', import.meta.url)))
  .digest('hex')
  .slice(0, 8);

/** At most eleven letters: a longer name would be cut, and the checkout with it. */
export const ownerFor = (subject: string): string => {
  if (subject.length > 11) throw new RangeError(`"${subject}" is too long to name a lab`);
  return ownerFrom(`test${subject}_${checkout}`);
};
