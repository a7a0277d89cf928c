// All help texts by command, for the build to put beside the program. '' is the program's own.
import { commandNames, helpText } from './program.ts';

export const allHelpTexts = async (): Promise<Readonly<Record<string, string>>> => {
  const texts: Record<string, string> = {};
  for (const topic of ['', ...commandNames]) texts[topic] = await helpText(topic);
  return texts;
};
