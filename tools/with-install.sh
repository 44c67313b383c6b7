#!/bin/sh
# Installs what the lockfile names when that has not been done yet, then becomes the given command.
# Plain sh, so that it runs before anything is installed; `exec`, so that signals reach the command itself.
set -eu
cd "$(dirname "$0")/.."
wanted=$(cksum package-lock.json)
stamp=node_modules/.symbolon-installed
if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$wanted" ]; then
  echo "Installing the packages that package-lock.json names (once; about half a minute) ..."
  # npm's own settings from the calling script would override the checkout's.
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
  printf '%s' "$wanted" > "$stamp"
fi
PATH="$PWD/node_modules/.bin:$PATH"
export PATH
exec "$@"
