#!/bin/bash
# Takes the pictures in docs/images with the sample: docs/screenshots.sh
# Needs Debian's packages chromium and chromium-driver.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
./mvnw -B -ntp -pl sample-app -am test -Dtest=PageScreenshots -Dsurefire.failIfNoSpecifiedTests=false
ls -l docs/images
