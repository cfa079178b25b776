#!/bin/sh
# Runs the page's tests in node. Nothing is installed for it: where node is missing, they are skipped and it is said.
cd "$(dirname "$0")" || exit 1
major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')
if [ -z "$major" ] || [ "$major" -lt 20 ]; then
  echo "SKIPPED: the page's tests (ui-static/src/test/js): node: ${major:-not on the PATH} (expected: 20 or newer)" >&2
  exit 0
fi
exec node --test --test-reporter=dot .
