#!/bin/sh
# The port answers before the server is ready for this.
set -eu
attempt=1
until temporal operator namespace describe || temporal operator namespace create --retention 72h; do
  [ "$attempt" -lt 30 ] || exit 1
  attempt=$((attempt + 1))
  sleep 2
done
