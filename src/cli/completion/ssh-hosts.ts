// How a shell finds the Host aliases of ~/.ssh/config, files it includes among them. Patterns are no hosts.

/** POSIX shell text that prints one alias on each line. */
export const sshHostsProgram = `local file
for file in "$HOME/.ssh/config" "$HOME"/.ssh/config.d/*; do
  [ -r "$file" ] && [ -f "$file" ] && awk 'tolower($1) == "host" { for (at = 2; at <= NF; at++) if ($at !~ /[*?!]/) print $at }' "$file"
done 2>/dev/null`;
