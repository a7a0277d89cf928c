/**
 * May lab tests run here? A test file that needs the practice cluster asks this first and skips with the reason it
 * gets; where the lab is required (VIPDOCTOR_LAB=required, as in continuous integration) the skip is a failure.
 */
import { imageIsCached } from '../../src/lab/image.ts';
import { missingForLab } from '../../src/lab/requirements.ts';

export type LabAvailability =
  | { readonly available: true }
  | { readonly available: false; readonly reason: string };

export const requireLab = async (): Promise<LabAvailability> => {
  const missing = await missingForLab(await imageIsCached());
  if (missing.length === 0) return { available: true };
  const reason = missing.join('; ');
  if (process.env.VIPDOCTOR_LAB === 'required')
    throw new Error(`VIPDOCTOR_LAB=required, and the lab cannot run: ${reason}`);
  return { available: false, reason };
};

/** For the title of a suite: says why it is skipped, or nothing. */
export const skipNote = (lab: LabAvailability): string => (lab.available ? '' : ` (skipped: ${lab.reason})`);
