// Rooms on Socket.IO, as its guide shows them.
// socketio.cjs [--rows FILE]

const { Server } = require('socket.io')
const { keeper, listen } = require('./shared.cjs')

const numbers = new Map()
const keep = keeper()

listen('socket.io', (http) => {
    const io = new Server(http, { transports: ['websocket'], serveClient: false, perMessageDeflate: false })
    io.on('connection', (socket) => {
        const { room, name } = socket.handshake.query
        socket.join(room)
        socket.on('say', (text, answer) => {
            const number = (numbers.get(room) ?? 0) + 1
            numbers.set(room, number)
            keep(room, number, name, text)
            io.to(room).emit('said', { number, sender: name, text })
            answer(number)
        })
    })
})
