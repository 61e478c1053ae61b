#!/bin/sh
# Every step may be done again: it leaves alone what is there.
set -eu
schemas=/etc/temporal/schema/postgresql/v12

setup() {
  temporal-sql-tool --db "$1" create
  temporal-sql-tool --db "$1" setup-schema -v 0.0
  temporal-sql-tool --db "$1" update-schema -d "$schemas/$2/versioned"
}

setup temporal temporal
setup temporal_visibility visibility
