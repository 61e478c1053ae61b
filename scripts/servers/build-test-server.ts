import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TEST_SERVERS } from '../../src/testing/find-server';
import { runCommand } from './run-command';

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId>
  <artifactId>temporal-test-server</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId>
      <artifactId>temporal-test-server</artifactId>
      <version>${TEST_SERVERS['time-skipping'].version}</version>
    </dependency>
  </dependencies>
</project>
`;

/** Beside the script; see `archiveClasses`. */
export const TEST_SERVER_ARCHIVE = 'classes.jsa';

/** An archive that is not there, or of another JVM, is left out without a word. */
export const TEST_SERVER_SCRIPT = `#!/bin/sh
# Temporal's time-skipping test server. Finds its jars beside itself, so the folder may be moved and linked to.
self=$(readlink -f -- "$0" 2>/dev/null) || self=$0
folder=$(CDPATH= cd -- "$(dirname -- "$self")" && pwd) || exit 1
exec "\${JAVA_HOME:+$JAVA_HOME/bin/}java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \\
  "\${TEST_SERVER_CLASSES:--XX:SharedArchiveFile=$folder/${TEST_SERVER_ARCHIVE}}" -Xlog:cds=off -Xlog:cds+dynamic=off \\
  -cp "$folder/lib/*" io.temporal.testserver.TestServer "$@"
`;

/** Gets the Java test server with Maven and puts a shell script beside its jars that starts it. */
export async function buildTestServer(staging: string, log: string, signal: AbortSignal): Promise<void> {
  if (process.platform === 'win32') throw new Error('the start script needs a POSIX shell');
  await writeFile(join(staging, 'pom.xml'), POM);
  const args = ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib', '-DincludeScope=runtime'];
  await runCommand('mvn', args, { log, signal, cwd: staging });
  const wrapper = join(staging, TEST_SERVERS['time-skipping'].command);
  await writeFile(wrapper, TEST_SERVER_SCRIPT);
  await chmod(wrapper, 0o755);
}
