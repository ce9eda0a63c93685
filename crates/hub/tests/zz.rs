//! scratch
use hub::*;
fn rss() -> usize { std::fs::read_to_string("/proc/self/statm").unwrap().split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096 }
fn e(n: u64, from: u64, command: Command) -> Entry { Entry { at: Timestamp(1_700_000_000_000 + n as i64), id: MessageId((n as u128) << 16), from: SessionId(from), command } }
#[test]
fn measure() {
    let mut hub = Hub::new(Settings::default());
    for i in 0..10 { drop(hub.apply(e(0, i + 1_000_000, Command::Connect))); }
    for rooms in [false, true] {
    let before = rss();
    let t = std::time::Instant::now();
    let base = if rooms { 100_000 } else { 0 };
    for i in base..base + 10_000u64 {
        drop(hub.apply(e(i, i, Command::Connect)));
        let mut s = i; s = s.wrapping_mul(0x9e3779b97f4a7c15); 
        let nick = Nick::new(&format!("u{s:x}"), 30).unwrap();
        drop(hub.apply(e(i, i, Command::Register { nick, user: format!("user{i}").as_str().into(), realname: Text::from("Some Real Name"), origin: Box::new(Origin { ip: Some([127,0,0,1].into()), host: "127.0.0.1".into(), secure: false, certificate: None }), account: None, away: None })));
        if rooms { drop(hub.apply(e(i, i, Command::Join { room: RoomName::new(&format!("#room{}", i % 10), 60).unwrap(), key: None, names: false }))); }
    }
    println!("rooms {rooms}: {} bytes/user, {:?} per registration", (rss() - before) / 10_000, t.elapsed() / 10_000);
    }
    let room = RoomName::new("#room1", 60).unwrap();
    let t = std::time::Instant::now();
    let mut n = 0;
    for i in 0..1_000_000u64 {
        let say = Say { kind: SayKind::Message, to: Target::Room(RoomTarget { room: room.clone(), rank: None, written: "".into() }), text: Text::from("hello hello hello"), tags: Default::default(), ctcp: false, fit: Some(500) };
        n += hub.apply(e(i + 20_000, 100_001 + 10 * (i % 1000), Command::Say(Box::new(say)))).len();
    }
    println!("{} {:?} per message", n, t.elapsed() / 1_000_000);
    let mut x: u64 = 99;
    let t = std::time::Instant::now();
    let mut trials = 0;
    while t.elapsed().as_secs() < 60 {
        let mut bytes: Vec<u8> = (0..7_u8).flat_map(|session| [0, session, 0, 1, session, 0, 1, session, session, session, 0, 0, 0]).collect();
        x ^= x << 13; x ^= x >> 7; x ^= x << 17; 
        for _ in 0..(x % 6000) { x ^= x << 13; x ^= x >> 7; x ^= x << 17; bytes.push((x >> 20) as u8); }
        fuzzing::trial(&bytes).unwrap();
        trials += 1;
    }
    println!("{trials} trials");
}
