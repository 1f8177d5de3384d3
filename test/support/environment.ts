import {mkdtempSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

// No test may see the developer's own AWS set-up, home or project file.
for (const name of Object.keys(process.env)) {
  if (name.startsWith('AWS_') || name.startsWith('APIGW_')) delete process.env[name]
}
const home = mkdtempSync(join(tmpdir(), 'apigw-home-'))
process.env.HOME = home
process.env.AWS_CONFIG_FILE = join(home, 'config')
process.env.AWS_SHARED_CREDENTIALS_FILE = join(home, 'credentials')
process.env.AWS_EC2_METADATA_DISABLED = 'true'
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
delete process.env.CI
delete process.env.NO_COLOR
delete process.env.FORCE_COLOR
