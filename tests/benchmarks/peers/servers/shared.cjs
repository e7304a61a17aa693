// What the servers on Node share: a port, a line that says it is open, and a file for the rows.

const { createServer } = require('node:http')
const { dirname, join } = require('node:path')
const { readFileSync } = require('node:fs')

const at = process.argv.indexOf('--rows')
const file = at > 0 ? process.argv[at + 1] : undefined

/** A function that keeps a message, on disk when it returns; one that does nothing when there is no file. */
exports.keeper = function () {
    if (file === undefined) return () => {}
    const Database = require('better-sqlite3')
    const db = new Database(file)
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = FULL')
    db.exec('CREATE TABLE messages (room TEXT, number INTEGER, sender TEXT, text TEXT, PRIMARY KEY (room, number))')
    const insert = db.prepare('INSERT INTO messages VALUES (?, ?, ?, ?)')
    return (room, number, sender, text) => insert.run(room, number, sender, text)
}

/** Opens a free port of this machine, and prints where and on what. */
exports.listen = function (library, open) {
    const http = createServer((_, answer) => answer.writeHead(404).end())
    open(http)
    http.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
        const libraries = file === undefined ? [library] : [library, 'better-sqlite3']
        const made = ['Node ' + process.versions.node, ...libraries.map((name) => `${name} ${version(name)}`)]
        console.log(JSON.stringify({ event: 'listening', port: http.address().port, made }))
    })
    process.on('SIGTERM', () => process.exit(0))
}

function version(name) {
    let folder = dirname(require.resolve(name))
    for (;;) {
        try {
            const found = JSON.parse(readFileSync(join(folder, 'package.json')))
            if (found.name === name) return found.version
        } catch {}
        folder = dirname(folder)
    }
}
