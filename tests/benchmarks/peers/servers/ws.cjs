// Rooms on ws, the usual way: an event is encoded once, and every socket of the room is sent it.
// ws.cjs [--rows FILE]

const { WebSocketServer } = require('ws')
const { keeper, listen } = require('./shared.cjs')

const rooms = new Map()
const keep = keeper()
const server = new WebSocketServer({ noServer: true, perMessageDeflate: false })

server.on('connection', (socket, request) => {
    const query = new URL(request.url, 'http://peer').searchParams
    const name = query.get('name')
    const room = entered(query.get('room'))
    room.sockets.add(socket)
    socket.on('close', () => room.sockets.delete(socket))
    socket.on('message', (data) => {
        const { id, text } = JSON.parse(data)
        const number = room.next++
        keep(room.id, number, name, text)
        const event = Buffer.from(JSON.stringify({ type: 'event', number, sender: name, text }))
        for (const each of room.sockets) each.send(event, { binary: false })
        socket.send(JSON.stringify({ type: 'ok', id, number }))
    })
})

function entered(id) {
    if (!rooms.has(id)) rooms.set(id, { id, next: 1, sockets: new Set() })
    return rooms.get(id)
}

listen('ws', (http) => {
    http.on('upgrade', (request, socket, head) => {
        server.handleUpgrade(request, socket, head, (opened) => server.emit('connection', opened, request))
    })
})
