//! What does a sensor do with a bundle in which something is wrong, and with sightings that nobody takes?

use super::*;

#[test]
fn a_bundle_is_used_as_far_as_it_goes_in_whatever_order_and_what_is_wrong_is_told_with_its_place() {
    let place = Place::new();
    let own = "marking-definition--00000009-0000-4000-8000-000000000000";
    let marked = named(1, "late.night-heron-lanterns.net")
        .replace("\"name\"", &format!(r#""object_marking_refs":["{own}"],"name""#));
    let definition = format!(
        r#"{{"type":"marking-definition","spec_version":"2.1","id":"{own}","created":"2022-10-06T00:00:00.000Z","extensions":{{"extension-definition--f8d78575-edfd-406e-8e84-6162a8450f5b":{{"extension_type":"property-extension","pap":"green"}}}}}}"#
    );
    let never =
        marked.replace("00000001", "00000002").replace("late", "never").replace("00000009", "00000008");
    let front = format!(r#"{{"type":"bundle","objects":[{marked},{never},"#);
    let wrong = r#"{"type":"indicator","id":"indicator--3"}"#;
    let text =
        format!("{front}{wrong},{definition},{},{{\"type\":", named(4, "whole.night-heron-lanterns.net"));
    let bundle = place.path("indicators.json");
    fs::write(&bundle, text).unwrap();
    let log = place.path("dns.log");
    write(&log, ["late", "never", "whole"].map(|name| asks(&format!("{name}.night-heron-lanterns.net"))));
    let (bundle, log) = (bundle.to_str().unwrap(), log.to_str().unwrap());
    let arguments = ["--indicators", bundle, "--input", log, "--no-home", "--pap", "GREEN"];
    let output = place.watch(None, &arguments).output().unwrap();
    let told: Vec<Value> = alerts(&output).iter().map(|alert| alert["name"].clone()).collect();
    // That of which nobody knows what its marking means is above any ceiling.
    assert_eq!(told, ["I1", "I4"]);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains(&format!("the object at byte {} is no STIX object", front.len())), "{errors}");
    assert!(errors.contains("cannot be read to its end"), "{errors}");
}

#[test]
fn pieces_that_many_threads_look_at_are_told_in_their_order_with_the_numbers_of_their_lines() {
    let place = Place::new();
    let (bundle, bad) = (place.path("indicators.json"), "bad.night-heron-lanterns.net");
    fs::write(&bundle, format!(r#"{{"objects":[{}]}}"#, named(1, bad))).unwrap();
    // Longer than a piece, and longer than is kept of a line.
    let long = |length: usize| format!(r#"{{"ts":1790000000.5,"uid":"C1","pad":"{}"}}"#, "x".repeat(length));
    let line = |number: usize, shift: usize| match number + shift {
        4_000 => long(2 << 20),
        9_000 => long(5 << 20),
        other if other.is_multiple_of(1_500) => asks(bad),
        _ => asks("good.night-heron-lanterns.net"),
    };
    let files = [("a.log", 0), ("b.log", 700)].map(|(name, shift)| (place.path(name), shift));
    let mut expected = Vec::new();
    for (file, shift) in &files {
        write(file, (1..=20_000).map(|number| line(number, *shift)));
        let hits = (1..=20_000_usize).filter(|number| line(*number, *shift) == asks(bad));
        expected.push(hits.collect::<Vec<_>>());
    }
    let [a, b] = files.map(|(file, _)| file.to_str().unwrap().to_owned());
    let lines_of = |output: &Output, file: &str| -> Vec<usize> {
        let told = alerts(output);
        let own = told.iter().filter(|alert| alert["seen"]["input"] == file);
        own.map(|alert| usize::try_from(alert["seen"]["line"].as_u64().unwrap()).unwrap()).collect()
    };
    for threads in ["1", "4"] {
        let _ = fs::remove_dir_all(place.path("sensor"));
        let bundle = bundle.to_str().unwrap();
        let arguments =
            ["--indicators", bundle, "--input", &a, "--input", &b, "--no-home", "--threads", threads];
        let output = place.watch(None, &arguments).output().unwrap();
        assert_eq!(code(&output), 0, "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!([lines_of(&output, &a), lines_of(&output, &b)], *expected, "{threads} thread(s)");
    }
    let pattern = format!("[domain-name:value = '{bad}']");
    let hunt = Command::new(env!("CARGO_BIN_EXE_cresset")).args(["hunt", &pattern, &a, &b]).output().unwrap();
    assert_eq!([lines_of(&hunt, &a), lines_of(&hunt, &b)], *expected);
}

/// A server of one answer after the other, and what was posted to it.
fn answering(answers: Vec<(u16, String)>) -> (String, Receiver<String>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/api/collections/shared/", listener.local_addr().unwrap());
    let (sender, posted) = channel();
    std::thread::spawn(move || {
        for (status, body) in answers {
            let (stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut length = 0;
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if let Some(own) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = own.trim().parse().unwrap();
                }
                if line.trim().is_empty() {
                    break;
                }
            }
            let mut content = vec![0; length];
            std::io::Read::read_exact(&mut reader, &mut content).unwrap();
            sender.send(String::from_utf8(content).unwrap()).unwrap();
            let head =
                format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
            (&stream).write_all(format!("{head}{body}").as_bytes()).unwrap();
        }
    });
    (address, posted)
}

#[test]
fn a_sighting_that_is_refused_keeps_no_other_from_going_and_is_sent_again_at_the_next_start() {
    let place = Place::new();
    let (bundle, log) = (place.path("indicators.json"), place.path("dns.log"));
    let names = ["a.night-heron-lanterns.net", "b.night-heron-lanterns.net"];
    fs::write(&bundle, format!(r#"{{"objects":[{},{}]}}"#, named(1, names[0]), named(2, names[1]))).unwrap();
    write(&log, names.map(asks));
    let run = |home: &str| {
        let (bundle, log) = (bundle.to_str().unwrap(), log.to_str().unwrap());
        let output =
            place.watch(None, &["--indicators", bundle, "--input", log, "--home", home]).output().unwrap();
        assert_eq!(code(&output), 0);
        String::from_utf8(output.stderr).unwrap()
    };
    // Too long together: in halves, of which one is refused and one is too long alone.
    let status = |part: &str| format!(r#"{{"id":"x","status":"complete",{part}}}"#);
    let sighting = |envelope: &str| {
        let envelope: Value = serde_json::from_str(envelope).unwrap();
        let objects = envelope["objects"].as_array().unwrap().clone();
        let is_one = |object: &&Value| object["type"] == "sighting";
        objects.iter().filter(is_one).map(|own| own["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (home, posted) = answering(vec![(413, String::new()), (413, String::new()), (413, String::new())]);
    let errors = run(&home);
    assert_eq!([2, 1, 1], [(); 3].map(|()| sighting(&posted.recv_timeout(PATIENCE).unwrap()).len()));
    assert!(errors.contains("refused=2"), "{errors}");
    // Another start: they are sent again, and nothing else.
    let kept = fs::read_to_string(place.path("sensor/state.json")).unwrap();
    let kept: Value = serde_json::from_str(&kept).unwrap();
    let ids: Vec<&String> = kept["refused"].as_object().unwrap().keys().collect();
    let (failed, held) = (ids[0], ids[1]);
    let part =
        format!(r#""failures":[{{"id":"{failed}","message":"not here"}}],"successes":[{{"id":"{held}"}}]"#);
    let (home, posted) = answering(vec![(202, status(&part))]);
    let errors = run(&home);
    assert_eq!(sighting(&posted.recv_timeout(PATIENCE).unwrap()).len(), 2);
    assert!(errors.contains("refused=1") && errors.contains("not here"), "{errors}");
    let kept: Value =
        serde_json::from_str(&fs::read_to_string(place.path("sensor/state.json")).unwrap()).unwrap();
    assert_eq!(kept["refused"].as_object().unwrap().keys().collect::<Vec<_>>(), [failed]);
    assert!(kept["outbox"].as_object().unwrap().is_empty());
}
