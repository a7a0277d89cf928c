// Whether a command line plainly asks for the practice cluster, so that it can be entered before anything else is
// loaded. A line it does not recognise is left to the parser, which asks the same way later.

export const labOption = '--lab';

export const asksForLab = (argv: readonly string[]): boolean => {
  const dashes = argv.indexOf('--');
  const words = dashes < 0 ? argv : argv.slice(0, dashes);
  return (
    (words[0] === 'check' || words[0] === 'watch') &&
    words.includes(labOption) &&
    !words.includes('--help') &&
    !words.includes('-h')
  );
};
